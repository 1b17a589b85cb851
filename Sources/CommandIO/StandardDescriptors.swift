#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

#if RED_CONTROLS
internal import RedControls
#endif

/// The descriptors 0, 1 and 2, which every program expects to be open; its starter may have closed them.
package enum StandardDescriptors {
    /// Opens the null device for each one that is closed, before anything else is opened.
    ///
    /// Otherwise one of our sockets could become descriptor 1 or 2, and events or errors would be written into it. They
    /// are opened for the wrong direction, so reading and writing fail as with a closed descriptor. So it is reported
    /// if the output is lost.
    package static func openClosed() {
        #if RED_CONTROLS
        if RedControl.isActive(.closedDescriptorsStay) { return }
        #endif
        // A new descriptor gets the lowest free number, so this order opens all of them.
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            // Without a null device (an empty root) there is nothing better to do.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Makes a write to a pipe without a reader fail with EPIPE; otherwise it would end the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}

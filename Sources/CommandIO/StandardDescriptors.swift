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

/// The descriptors 0, 1 and 2, which every program may take for granted; its starter may have closed them.
package enum StandardDescriptors {
    /// Opens those that are closed to the null device, before anything else is opened.
    ///
    /// Otherwise a socket of ours became descriptor 1 or 2, and events or complaints were written into it. They are opened
    /// the wrong way round, so that reading and writing fails as it does with a closed descriptor: output that goes
    /// nowhere is told.
    package static func openClosed() {
        #if RED_CONTROLS
        if RedControl.isActive(.closedDescriptorsStay) { return }
        #endif
        // What is opened gets the lowest number that is free, so in this order nothing is left out.
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 {
            // Without a null device (an empty root) there is nothing better to do.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Lets a write to a pipe without a reader fail with EPIPE, instead of ending the process.
    package static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}

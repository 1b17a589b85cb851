import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes to a file descriptor, on a thread that may block: a pipe that nobody reads stops the events, not the process.
struct DescriptorSink: OutputSink {
    let descriptor: CInt

    /// Standard output.
    static let standardOutput = Self(descriptor: STDOUT_FILENO)

    func write(_ bytes: [UInt8]) async throws(OutputError) {
        let result = await withCheckedContinuation { continuation in
            // Not cancellable: half a line would be left.
            NIOThreadPool.singleton.submit { _ in
                continuation.resume(returning: Result { () throws(OutputError) in try self.writeAll(bytes) })
            }
        }
        try result.get()
    }

    private func writeAll(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { unistdWrite(self.descriptor, $0.baseAddress, $0.count) }
            if written >= 0 {
                rest = rest.dropFirst(written)
            } else if errno == EPIPE {
                throw .readerLeft
            } else if errno == EAGAIN {
                self.waitForRoom()
            } else if errno != EINTR {
                throw .failed(String(cString: strerror(errno)))
            }
        }
    }

    /// Somebody who shares the descriptor made it non-blocking.
    private func waitForRoom() {
        var poll = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unistdPoll(&poll, 1, -1)
    }
}

/// `write(2)`; the method of the sink hides its name.
private func unistdWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// `poll(2)`.
private func unistdPoll(_ descriptors: UnsafeMutablePointer<pollfd>, _ count: nfds_t, _ timeout: CInt) -> CInt {
    poll(descriptors, count, timeout)
}

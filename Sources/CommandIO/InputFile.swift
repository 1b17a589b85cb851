import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small file that an option names: a file, a pipe, `/dev/stdin`, `<(…)` of a shell, or `-` for standard input.
package struct InputFile: Sendable, Hashable {
    /// Why it can't be read.
    package enum ReadError: Error, Hashable {
        /// The text of `errno`.
        case failed(String)
        /// The requested part has more than this number of bytes.
        case tooLong(bytes: Int)
    }

    /// The path; `-` is standard input.
    package let path: String

    package init(_ path: String) { self.path = path }

    /// Reads the first line and nothing after it, because the other end of a pipe may stay open.
    ///
    /// It waits, on its own thread, while a pipe has a writer but no complete line. Cancelling the task does not end
    /// the wait. A signal ends the process.
    ///
    /// - Parameter limit: The largest number of bytes.
    /// - Returns: The bytes before LF or CRLF, or before the end.
    /// - Throws: Why it can't be read.
    package func firstLine(limit: Int) async throws(ReadError) -> [UInt8] {
        let line = try await Self.onItsThread { () throws(ReadError) in
            try self.readLine(limit: limit)
        }.prefix { $0 != UInt8(ascii: "\n") }
        let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        guard text.count <= limit else { throw .tooLong(bytes: limit) }
        return Array(text)
    }

    /// Runs blocking calls on a thread that ends with them.
    private static func onItsThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(ReadError) -> Value
    ) async throws(ReadError) -> Value {
        let thread = NIOThreadPool(numberOfThreads: 1)
        thread.start()
        let result = await withCheckedContinuation { continuation in
            thread.submit { _ in
                continuation.resume(returning: Result { () throws(ReadError) in try body() })
            }
        }
        thread.shutdownGracefully { _ in }
        return try result.get()
    }

    private func readLine(limit: Int) throws(ReadError) -> [UInt8] {
        let descriptor = self.path == "-" ? dup(STDIN_FILENO) : open(self.path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .failed(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        // One more byte for the CR before the LF, and one to see that the line is too long.
        while bytes.count < limit + 2 {
            let count = unistdRead(descriptor, &chunk, chunk.count)
            if count > 0 {
                bytes += chunk[..<count]
                if chunk[..<count].contains(UInt8(ascii: "\n")) { break }
            } else if count == 0 {
                break
            } else if errno == EAGAIN {
                Self.waitForBytes(descriptor)
            } else if errno != EINTR {
                throw .failed(String(cString: strerror(errno)))
            }
        }
        return bytes
    }

    /// Waits for bytes; needed if another process that shares the descriptor has made it non-blocking.
    private static func waitForBytes(_ descriptor: CInt) {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&polled, 1, -1)
    }
}

/// `read(2)`; inside of the type, its method has the same name.
private func unistdRead(_ descriptor: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

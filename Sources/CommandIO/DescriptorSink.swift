import ConcurrencyPrimitives
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes to a file descriptor: at once if there is room, else when an ``OutputWatcher`` reports room.
///
/// Pipes, sockets and terminals are written without blocking. So a reader that does not read never blocks a thread, and
/// nothing else has to wait. The descriptor itself is not changed, because other processes may share it.
package final class DescriptorSink: OutputSink {
    /// The descriptor to write to.
    package let descriptor: CInt
    private let kind: DescriptorKind
    /// The same file, opened again as non-blocking, if the system makes that possible.
    private let channel: CInt?
    private let watcher: OutputWatcher
    private let patience = Locked<(limit: OutputPatience, since: ContinuousClock.Instant)?>(nil)

    /// Standard output.
    package static let standardOutput = DescriptorSink(descriptor: STDOUT_FILENO)

    /// - Parameter descriptor: The descriptor. It stays open, and the caller still owns it.
    package init(descriptor: CInt) {
        self.descriptor = descriptor
        self.kind = DescriptorKind(of: descriptor)
        self.channel = self.kind.isReopened ? Self.reopen(descriptor) : nil
        self.watcher = OutputWatcher(descriptor)
    }

    deinit {
        self.watcher.stop()
        if let channel = self.channel { _ = unistdClose(channel) }
    }

    package func write(_ bytes: [UInt8]) async throws(OutputError) {
        var written = 0
        var progress = ContinuousClock.now
        while true {
            let count = try self.writeNow(bytes, from: written)
            written += count
            guard written < bytes.count else { return }
            if count > 0 { progress = .now }
            switch await self.watcher.waitForRoom(until: { [progress] in self.deadline(progress) }) {
            case .room: continue
            case .readerLeft: throw .readerLeft
            case .timedOut: throw .notRead(bytes: bytes.count - written)
            }
        }
    }

    package func limitWaiting(to patience: OutputPatience) {
        #if RED_CONTROLS
        if RedControl.isActive(.outputPatienceEndless) { return }
        #endif
        self.patience.withLock { current in
            // The limit of a signal has priority: after a signal, we do not wait for the longer limit of the normal
            // end.
            if let current, current.limit.total != nil { return }
            current = (patience, .now)
        }
        self.watcher.lookAgain()
    }

    package func waitUntilReaderLeft() async -> Bool {
        guard self.kind.hasReader else { return (try? await Promise<Bool>().waitUnlessCancelled()) ?? false }
        #if RED_CONTROLS
        if RedControl.isActive(.readerLeftUnnoticed) {
            return (try? await Promise<Bool>().waitUnlessCancelled()) ?? false
        }
        #endif
        return await self.watcher.waitUntilReaderLeft()
    }

    /// Writes a short text, such as an error, and blocks the thread for it.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - limit: How long to wait for a reader that does not read; zero means not at all.
    /// - Returns: Whether all of it was written.
    package func writeBriefly(_ bytes: [UInt8], within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        var written = 0
        while let count = try? self.writeNow(bytes, from: written) {
            written += count
            if written == bytes.count { return true }
            guard OutputWatcher.waitForRoom(in: self.descriptor, until: deadline) else { return false }
        }
        return false
    }

    /// When a write gives up, if the reader last took bytes at `progress`; nil means never.
    private func deadline(_ progress: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let (limit, since) = self.patience.withLock({ $0 }) else { return nil }
        let deadline = max(progress, since) + limit.withoutProgress
        return limit.total.map { min(deadline, since + $0) } ?? deadline
    }

    /// Writes as many bytes as possible without waiting.
    ///
    /// - Returns: The number of bytes written; 0 if there is no room.
    private func writeNow(_ bytes: [UInt8], from start: Int) throws(OutputError) -> Int {
        var written = start
        while written < bytes.count {
            let rest = bytes.count - written
            let count = bytes.withUnsafeBytes { self.put($0.baseAddress.map { $0 + written }, rest) }
            if count > 0 {
                written += count
            } else if count == 0 || errno == EAGAIN || errno == EWOULDBLOCK {
                break
            } else if errno != EINTR {
                throw self.error(errno)
            }
        }
        return written - start
    }

    /// Makes one call that does not block.
    private func put(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        if let channel = self.channel { return unistdWrite(channel, bytes, count) }
        switch self.kind {
        case .file: return unistdWrite(self.descriptor, bytes, count)
        case .socket: return send(self.descriptor, bytes, count, Self.sendFlags)
        // A pipe that is ready takes PIPE_BUF bytes. For a terminal there is no such promise.
        case .pipe, .terminal:
            guard OutputWatcher.isReady(self.descriptor) else { return 0 }
            return unistdWrite(self.descriptor, bytes, min(count, self.kind == .pipe ? Int(PIPE_BUF) : 64))
        }
    }

    private func error(_ number: CInt) -> OutputError {
        let hasLeft = number == EPIPE || (self.kind == .socket && number == ECONNRESET)
        // A terminal that hung up gives EIO. A background job that must not write gets the same error.
        if hasLeft || (number == EIO && self.kind == .terminal && self.watcher.hasReaderLeft) { return .readerLeft }
        return .failed(String(cString: strerror(number)))
    }

    private static var sendFlags: CInt {
        #if canImport(Darwin)
        CInt(MSG_DONTWAIT)
        #else
        CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
        #endif
    }

    /// Opens the file of the descriptor again to get separate flags.
    ///
    /// `O_NONBLOCK` belongs to the open file, which the shell and other processes share.
    private static func reopen(_ descriptor: CInt) -> CInt? {
        #if os(Linux)
        let channel = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return channel >= 0 ? channel : nil
        #else
        // Here `/dev/fd` only duplicates the descriptor.
        return nil
        #endif
    }
}

/// `write(2)`; inside of the sink, its method has the same name.
private func unistdWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// `close(2)`.
private func unistdClose(_ descriptor: CInt) -> CInt { close(descriptor) }

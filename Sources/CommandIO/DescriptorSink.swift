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

/// Writes to a file descriptor: at once while it takes bytes, else when a ``DescriptorWatch`` says that it does again.
///
/// No thread is ever blocked by a reader that does not read, so that nothing else is held up by it: pipes, sockets and
/// terminals are written without waiting. The descriptor itself stays as it is, as others may share it.
package final class DescriptorSink: OutputSink {
    /// The descriptor that is written.
    package let descriptor: CInt
    private let kind: DescriptorKind
    /// The descriptor once more, not blocking, where the system makes that possible.
    private let channel: CInt?
    private let watch: DescriptorWatch
    private let patience = Locked<(limit: OutputPatience, since: ContinuousClock.Instant)?>(nil)

    /// Standard output.
    package static let standardOutput = DescriptorSink(descriptor: STDOUT_FILENO)

    /// - Parameter descriptor: Stays open, and in the hands of the caller.
    package init(descriptor: CInt) {
        self.descriptor = descriptor
        self.kind = DescriptorKind(of: descriptor)
        self.channel = self.kind.isReopened ? Self.reopen(descriptor) : nil
        self.watch = DescriptorWatch(descriptor)
    }

    deinit {
        self.watch.stop()
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
            switch await self.watch.waitForRoom(until: { [progress] in self.deadline(progress) }) {
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
            // The first one that is impatient counts: who came for a signal does not wait for the end.
            if let current, current.limit.total != nil { return }
            current = (patience, .now)
        }
        self.watch.lookAgain()
    }

    package func waitUntilReaderLeft() async -> Bool {
        guard self.kind.hasReader else { return (try? await Promise<Bool>().waitUnlessCancelled()) ?? false }
        #if RED_CONTROLS
        if RedControl.isActive(.readerLeftUnnoticed) {
            return (try? await Promise<Bool>().waitUnlessCancelled()) ?? false
        }
        #endif
        return await self.watch.waitUntilReaderLeft()
    }

    /// Writes what a thread may wait for: complaints, which are short and few.
    ///
    /// - Parameters:
    ///   - bytes: What to write.
    ///   - limit: How long it waits for a reader that does not read; zero is not at all.
    /// - Returns: Whether all of it was written.
    package func writeBriefly(_ bytes: [UInt8], within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        var written = 0
        while let count = try? self.writeNow(bytes, from: written) {
            written += count
            if written == bytes.count { return true }
            guard DescriptorWatch.waitForRoom(in: self.descriptor, until: deadline) else { return false }
        }
        return false
    }

    /// When a write gives up whose reader took something at `progress`; nil is never.
    private func deadline(_ progress: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        guard let (limit, since) = self.patience.withLock({ $0 }) else { return nil }
        let deadline = max(progress, since) + limit.withoutProgress
        return limit.total.map { min(deadline, since + $0) } ?? deadline
    }

    /// Writes what fits without waiting.
    ///
    /// - Returns: How many bytes that were; 0 when there is no room.
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

    /// One call that does not block.
    private func put(_ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        if let channel = self.channel { return unistdWrite(channel, bytes, count) }
        switch self.kind {
        case .file: return unistdWrite(self.descriptor, bytes, count)
        case .socket: return send(self.descriptor, bytes, count, Self.sendFlags)
        // A pipe that is ready takes PIPE_BUF bytes; of a terminal nothing is known.
        case .pipe, .terminal:
            guard DescriptorWatch.isReady(self.descriptor) else { return 0 }
            return unistdWrite(self.descriptor, bytes, min(count, self.kind == .pipe ? Int(PIPE_BUF) : 64))
        }
    }

    private func error(_ number: CInt) -> OutputError {
        let isGone = number == EPIPE || (self.kind == .socket && number == ECONNRESET)
        // A terminal that hung up says EIO, as it does to a background job that must not write.
        if isGone || (number == EIO && self.kind == .terminal && self.watch.isReaderGone) { return .readerLeft }
        return .failed(String(cString: strerror(number)))
    }

    private static var sendFlags: CInt {
        #if canImport(Darwin)
        CInt(MSG_DONTWAIT)
        #else
        CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
        #endif
    }

    /// Opens what the descriptor is about once more, with flags of its own: `O_NONBLOCK` belongs to the open file, which
    /// the shell and others share.
    private static func reopen(_ descriptor: CInt) -> CInt? {
        #if os(Linux)
        let channel = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        return channel >= 0 ? channel : nil
        #else
        // `/dev/fd` only duplicates.
        return nil
        #endif
    }
}

/// `write(2)`; the method of the sink hides its name.
private func unistdWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// `close(2)`.
private func unistdClose(_ descriptor: CInt) -> CInt { close(descriptor) }

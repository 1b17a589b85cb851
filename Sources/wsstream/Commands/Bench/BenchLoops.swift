import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The measured loops: the code that a user of the public API would write, and nothing more.
enum BenchLoops {
    /// Counts messages until there are enough, or until the server closes.
    static func receive(_ count: Int, from connection: WebSocketConnection) async throws -> BenchTally {
        var tally = BenchTally()
        guard count > 0 else { return tally }
        for try await batch in connection.batches {
            for message in batch {
                tally.messages &+= 1
                tally.bytes &+= message.bytes.count
                if tally.messages == count { return tally }
            }
        }
        return tally
    }

    /// Decodes messages, with all their fields, until there are enough, or until the server closes.
    static func decode(_ count: Int, from connection: WebSocketConnection) async throws -> BenchTally {
        var tally = BenchTally()
        guard count > 0 else { return tally }
        let decoder = WorkspaceEventDecoder()
        for try await batch in connection.batches {
            for message in batch {
                let event =
                    message.withUTF8Span { decoder.decode($0) }
                    ?? message.bytes.withUnsafeBytes { decoder.decode($0) }
                tally.messages &+= 1
                tally.bytes &+= message.bytes.count
                if case .malformed = event.content { tally.malformed &+= 1 }
                if tally.messages == count { return tally }
            }
        }
        return tally
    }

    /// Sends a message and waits until it comes back, again and again; it skips other messages.
    ///
    /// - Throws: ``BenchError/closedEarly(after:of:)``, or the error that ended the connection.
    static func echo(_ count: Int, size: Int, on connection: WebSocketConnection) async throws -> BenchTally {
        var tally = BenchTally()
        var latencies = LatencyHistogram()
        let message = WebSocketMessage(text: String(repeating: "x", count: size))
        var messages = connection.messages.makeAsyncIterator()
        while tally.messages < count {
            let start = ContinuousClock.now
            try await connection.send(message)
            repeat {
                guard let answer = try await messages.next(isolation: #isolation) else {
                    throw BenchError.closedEarly(after: tally.messages, of: count)
                }
                if Self.isSame(answer, message) { break }
            } while true
            latencies.record(nanoseconds: Self.nanoseconds(ContinuousClock.now - start))
            tally.messages &+= 1
            tally.bytes &+= size
        }
        tally.latencies = latencies
        return tally
    }

    /// Sends messages as fast as the server takes them.
    ///
    /// - Parameters:
    ///   - count: The number of messages.
    ///   - size: The bytes of each message.
    ///   - connection: The connection to the server.
    ///   - waits: Whether to ask the server for its count, with the text `count`. It answers with an object that begins
    ///     with `{"msgs":N,"bytes":B`. If false, the closing handshake shows that the server has read everything.
    /// - Returns: The number of messages and bytes that were sent.
    /// - Throws: ``BenchError``, or the error that ended the connection.
    static func sink(
        _ count: Int,
        size: Int,
        on connection: WebSocketConnection,
        waits: Bool
    ) async throws -> BenchTally {
        let message = WebSocketMessage(text: String(repeating: "x", count: size))
        for _ in 0..<count { try await connection.send(message) }
        let tally = BenchTally(messages: count, bytes: count * size)
        guard waits else {
            let closure = await connection.close()
            if let error = closure.error { throw error }
            guard closure.isClean else { throw BenchError.closeUnanswered }
            return tally
        }
        try await connection.send(text: "count")
        var messages = connection.messages.makeAsyncIterator()
        guard let answer = try await messages.next(isolation: #isolation) else {
            throw BenchError.closedEarly(after: count, of: count)
        }
        let expected = "{\"msgs\":\(count),\"bytes\":\(count * size)"
        guard let text = answer.text, text.hasPrefix(expected) else {
            throw BenchError.miscounted(sent: expected + "}", answer: answer.text ?? "a binary message")
        }
        return tally
    }

    private static func isSame(_ left: WebSocketMessage, _ right: WebSocketMessage) -> Bool {
        guard left.kind == right.kind, left.bytes.count == right.bytes.count else { return false }
        return left.bytes.withUnsafeBytes { left in
            right.bytes.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds)) / 1_000_000_000
    }
}

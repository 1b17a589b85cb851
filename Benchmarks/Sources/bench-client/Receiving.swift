import BenchSupport
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// Receives what the server sends: each message is whole, owned, and its text is valid UTF-8 when it gets here.
enum Receiving {
    static func receive(_ scenario: Scenario) async throws -> BenchReport { try await Self.run(scenario) { _ in } }

    /// Every field of each event.
    static func decode(_ scenario: Scenario) async throws -> BenchReport {
        let decoder = WorkspaceEventDecoder()
        return try await Self.run(scenario) { message in
            // The connection has checked that text is UTF-8: so the decoder need not.
            guard let event = message.withUTF8Span({ decoder.decode($0) }) else { throw BenchFailure("binary") }
            if case .malformed(let message) = event.content { throw BenchFailure("malformed: \(message.error)") }
        }
    }

    /// The type and the time of each event, the rest is left for later.
    static func envelope(_ scenario: Scenario) async throws -> BenchReport {
        let decoder = WorkspaceEventDecoder()
        return try await Self.run(scenario) { message in
            let envelope = try message.bytes.withUnsafeBytes { try decoder.envelope(of: $0.bytes) }
            if envelope.timestamp == nil { throw BenchFailure("an event without a timestamp") }
        }
    }

    /// - Throws: What `take` throws, and ``BenchFailure`` if the server closed early.
    @inline(__always)
    private static func run(
        _ scenario: Scenario,
        _ take: (WebSocketMessage) throws -> Void
    ) async throws -> BenchReport {
        try await Client.withConnection(scenario) { connection in
            // On the thread that reads: these loops do little with a message.
            try await withTaskExecutorPreference(scenario.usesPool ? nil : connection.executor) {
                let measurement = Measurement()
                let tally = try await Self.take(scenario.count, from: connection, take)
                guard tally.messages == scenario.count else {
                    throw BenchFailure.closedEarly(after: tally.messages, of: scenario.count)
                }
                return measurement.finish(messages: tally.messages, bytes: tally.bytes)
            }
        }
    }

    @inline(__always)
    private static func take(
        _ count: Int,
        from connection: WebSocketConnection,
        _ take: (WebSocketMessage) throws -> Void
    ) async throws -> (messages: Int, bytes: Int) {
        var (messages, bytes) = (0, 0)
        for try await batch in connection.batches {
            for message in batch {
                try take(message)
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == count { return (messages, bytes) }
            }
        }
        return (messages, bytes)
    }
}

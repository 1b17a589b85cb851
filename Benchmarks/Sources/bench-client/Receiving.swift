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
            let event = message.bytes.withUnsafeBytes { decoder.decode($0) }
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
            let measurement = Measurement()
            var messages = 0
            var bytes = 0
            for try await message in connection.messages {
                try take(message)
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == scenario.count { break }
            }
            let report = measurement.finish(messages: messages, bytes: bytes)
            guard messages == scenario.count else {
                throw BenchFailure.closedEarly(after: messages, of: scenario.count)
            }
            return report
        }
    }
}

import BenchSupport
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// Receives what the server sends: each message is whole, owned, and its text is valid UTF-8 when it gets here.
enum Receiving {
    static func receive(_ scenario: Scenario) async throws -> BenchReport {
        try await Self.run(scenario) { connection, count in
            var bytes = 0
            var messages = 0
            for try await message in connection.messages {
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == count { break }
            }
            return (messages, bytes)
        }
    }

    /// Every field of each event.
    static func decode(_ scenario: Scenario) async throws -> BenchReport {
        try await Self.run(scenario) { connection, count in
            let decoder = WorkspaceEventDecoder()
            var bytes = 0
            var messages = 0
            for try await message in connection.messages {
                let event = message.bytes.withUnsafeBytes { decoder.decode($0) }
                if case .malformed(let message) = event.content { throw BenchFailure("malformed: \(message.error)") }
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == count { break }
            }
            return (messages, bytes)
        }
    }

    /// The type and the time of each event, the rest is left for later.
    static func envelope(_ scenario: Scenario) async throws -> BenchReport {
        try await Self.run(scenario) { connection, count in
            let decoder = WorkspaceEventDecoder()
            var bytes = 0
            var messages = 0
            for try await message in connection.messages {
                let envelope = try message.bytes.withUnsafeBytes { try decoder.envelope(of: $0.bytes) }
                if envelope.timestamp == nil { throw BenchFailure("an event without a timestamp") }
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == count { break }
            }
            return (messages, bytes)
        }
    }

    /// - Throws: What the loop throws, and ``BenchFailure`` if the server closed early.
    private static func run(
        _ scenario: Scenario,
        _ loop: (WebSocketConnection, Int) async throws -> (messages: Int, bytes: Int)
    ) async throws -> BenchReport {
        try await Client.withConnection(scenario) { connection in
            let measurement = Measurement()
            let (messages, bytes) = try await loop(connection, scenario.count)
            let report = measurement.finish(messages: messages, bytes: bytes)
            guard messages == scenario.count else {
                throw BenchFailure.closedEarly(after: messages, of: scenario.count)
            }
            return report
        }
    }
}

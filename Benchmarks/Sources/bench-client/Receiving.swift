import BenchSupport
import WebSocketProtocol
import WebSocketTransport

/// Receives what the server sends: each message is whole, owned, and its text is valid UTF-8 when it gets here.
enum Receiving {
    /// Generic, so that the loop is compiled for each taker as if one had written it out.
    ///
    /// - Parameters:
    ///   - scenario: How many messages.
    ///   - taker: What is done with each.
    /// - Returns: What it cost.
    /// - Throws: What the taker throws, and ``BenchFailure`` if the server closed early.
    static func run<Taker: MessageTaker>(_ scenario: Scenario, _ taker: Taker) async throws -> BenchReport {
        try await Client.withConnection(scenario) { connection in
            let count = scenario.count
            let measurement = Measurement()
            var messages = 0
            var bytes = 0
            for try await message in connection.messages {
                try taker.take(message)
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == count { break }
            }
            let report = measurement.finish(messages: messages, bytes: bytes)
            guard messages == count else { throw BenchFailure.closedEarly(after: messages, of: count) }
            return report
        }
    }
}

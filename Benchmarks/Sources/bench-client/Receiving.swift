import BenchSupport
import WebSocketProtocol
import WebSocketTransport

/// Receives the messages of the server; here each message is whole, owned by the program, and its text is valid UTF-8.
enum Receiving {
    /// - Throws: Errors of the taker, and ``BenchFailure`` if the server closed early.
    static func run<Taker: MessageTaker>(_ scenario: Scenario, _ taker: Taker) async throws -> BenchReport {
        try await Client.withConnection(scenario) { connection in
            // Runs on the thread that reads, because these loops do little with a message.
            try await withTaskExecutorPreference(scenario.usesPool ? nil : connection.executor) {
                let measurement = Measurement()
                let stepper = try scenario.isStepped ? Stepper(scenario) : nil
                let tally = try await Self.take(scenario.count, from: connection, taker, stepper)
                guard tally.messages == scenario.count else {
                    throw BenchFailure.closedEarly(after: tally.messages, of: scenario.count)
                }
                return measurement.finish(messages: tally.messages, bytes: tally.bytes)
            }
        }
    }

    /// Generic, so that the loop is compiled for each taker as if it were written by hand.
    private static func take<Taker: MessageTaker>(
        _ count: Int,
        from connection: WebSocketConnection,
        _ taker: Taker,
        _ stepper: Stepper?
    ) async throws -> (messages: Int, bytes: Int) {
        var (messages, bytes) = (0, 0)
        stepper?.step()
        for try await batch in connection.batches {
            for message in batch {
                try taker.take(message)
                bytes &+= message.bytes.count
                messages &+= 1
                if messages == count { return (messages, bytes) }
            }
            stepper?.step()
        }
        return (messages, bytes)
    }
}

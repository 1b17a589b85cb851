import BenchSupport
import WebSocketProtocol
import WebSocketTransport

/// Round trips, one outstanding.
enum Echoing {
    static func echo(_ scenario: Scenario) async throws -> BenchReport {
        try await Client.withConnection(scenario) { connection in
            // On the thread that reads and writes, a round trip needs no change of thread.
            try await withTaskExecutorPreference(scenario.usesPool ? nil : connection.executor) {
                try await Self.echo(scenario, on: connection)
            }
        }
    }

    private static func echo(_ scenario: Scenario, on connection: WebSocketConnection) async throws -> BenchReport {
        let message = WebSocketMessage(text: scenario.text)
        var messages = connection.messages.makeAsyncIterator()
        var latencies: [Int] = []
        latencies.reserveCapacity(scenario.count)
        let measurement = Measurement()
        for _ in 0..<scenario.count {
            let start = Monotonic.nanoseconds
            try await connection.send(message)
            guard let answer = try await messages.next(isolation: #isolation), answer.bytes.count == scenario.size
            else {
                throw BenchFailure.closedEarly(after: latencies.count, of: scenario.count)
            }
            latencies.append(Monotonic.nanoseconds - start)
        }
        var report = measurement.finish(messages: scenario.count, bytes: scenario.count * scenario.size)
        report.addPercentiles(of: latencies)
        return report
    }
}

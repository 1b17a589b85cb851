import BenchSupport
import WebSocketProtocol
import WebSocketTransport

/// Many connections at once.
enum Streams {
    static func idle(_ scenario: Scenario) async throws -> BenchReport {
        let url = try WebSocketURL(scenario.url)
        return try await ManyStreams.idle(scenario) {
            let connection = try await WebSocketClient.connect(to: url, configuration: Client.configuration)
            for _ in 0..<scenario.echoes { try await Self.echo(scenario, on: connection) }
            return connection
        } read: {
            for try await _ in $0.messages {}
        }
    }

    /// Sends messages in both directions, so that the connection has allocated its memory for both.
    private static func echo(_ scenario: Scenario, on connection: WebSocketConnection) async throws {
        try await connection.send(text: scenario.text)
        for try await _ in connection.messages { return }
        throw BenchFailure("the server closed")
    }

    static func open(_ scenario: Scenario) async throws -> BenchReport {
        let url = try WebSocketURL(scenario.url)
        return try await ManyStreams.open(scenario) {
            let connection = try await WebSocketClient.connect(to: url, configuration: Client.configuration)
            let closure = await connection.close()
            guard closure.isClean else { throw BenchFailure("a close was not answered") }
        }
    }

    static func tail(_ scenario: Scenario) async throws -> BenchReport {
        let url = try WebSocketURL(scenario.url)
        return try await ManyStreams.tail(scenario) { _ in
            try await WebSocketClient.connect(to: url, configuration: Client.configuration)
        } read: { connection, tally in
            try await withTaskExecutorPreference(connection.executor) {
                for try await batch in connection.batches {
                    for message in batch { tally.add(message.bytes.count) }
                }
            }
        }
    }
}

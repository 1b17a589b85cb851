import BenchSupport
import WebSocketProtocol
import WebSocketTransport

/// How the scenarios connect: with the defaults of the library.
enum Client {
    /// The default, but for what the scenario needs.
    static var configuration: WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        // Our Close frame waits behind all that was sent.
        configuration.connection.closing.timeout = .seconds(60)
        return configuration
    }

    static func withConnection<Value>(
        _ scenario: Scenario,
        _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        try await WebSocketClient.withConnection(
            to: try WebSocketURL(scenario.url),
            configuration: Self.configuration,
            body
        )
    }
}

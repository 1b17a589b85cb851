import BenchSupport
import WebSocketProtocol
import WebSocketTransport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How the scenarios connect: with the defaults of the library.
enum Client {
    /// For `wss://`: a file, by the environment, as the command line has numbers only.
    private static let trustedCertificates = getenv("BENCH_TRUST").map { String(cString: $0) }

    /// The default, but for what the scenario needs.
    static var configuration: WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        // Our Close frame waits behind all that was sent.
        configuration.connection.closing.timeout = .seconds(60)
        if let path = Self.trustedCertificates { configuration.tls.trustRoots = .certificates(.file(path)) }
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

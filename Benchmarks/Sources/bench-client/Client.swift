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

/// The connections of the scenarios, with the defaults of the library.
enum Client {
    /// The file of root certificates for `wss://`; from the environment, because the command line has only numbers.
    private static let trustedCertificates = getenv("BENCH_TRUST").map { String(cString: $0) }

    /// The default configuration, with the changes that the scenario needs.
    static var configuration: WebSocketClientConfiguration {
        var configuration = WebSocketClientConfiguration()
        // Our Close frame waits until everything before it was sent.
        configuration.connection.closing.timeout = .seconds(60)
        if let path = Self.trustedCertificates { configuration.tls.trustRoots = .certificates(.file(path)) }
        return configuration
    }

    static func withConnection<Value>(
        _ scenario: Scenario,
        _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        var configuration = Self.configuration
        if let bytes = scenario.readBytes { configuration.connection.readBytes = bytes }
        return try await WebSocketClient.withConnection(
            to: try WebSocketURL(scenario.url),
            configuration: configuration,
            body
        )
    }
}

import ArgumentParser
import WebSocketProtocol
import WebSocketTransport

/// The options of all measurements.
struct BenchOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "The URL of the WebSocket; path and query are used unchanged.",
            discussion: "For instance with 'wsstream mock': ws://127.0.0.1:9000/bench/recv?count=1000000&size=100",
            valueName: "url"
        )
    )
    var url: String

    @OptionGroup var request: RequestOptions
    @OptionGroup var security: SecurityOptions

    @Option(help: ArgumentHelp("How many messages.", valueName: "n"))
    var count: Int

    @Option(
        help: ArgumentHelp("The largest message to receive, in bytes (default: 64MiB).", valueName: "bytes"),
        transform: Self.byteCount
    )
    var maxMessageBytes = ByteCountArgument(MessageLimits().maximumMessageBytes)

    private static func byteCount(_ text: String) throws -> ByteCountArgument { try ByteCountArgument(parsing: text) }

    func validate() throws {
        guard self.count >= 0 else { throw ValidationError("--count is 0 or more.") }
    }

    /// The address, and how to connect: the library's defaults except for security and proxy.
    func target(
        environment: [String: String]
    ) async throws -> (url: WebSocketURL, configuration: WebSocketClientConfiguration) {
        var configuration = WebSocketClientConfiguration()
        let token = try await TokenSource(environment: environment).resolve()
        (configuration.userAgent, configuration.fields) = (self.request.userAgent, self.request.fields)
        if let token, !configuration.fields.contains("Authorization") {
            configuration.fields.append(name: "Authorization", value: "Bearer \(token)")
        }
        let url = try WebSocketURL(self.url)
        configuration.tls = self.security.configuration
        configuration.connection.limits.maximumMessageBytes = self.maxMessageBytes.bytes
        configuration.proxy = try ProxyEnvironment(environment).proxy(for: url)
        return (url, configuration)
    }
}

/// The size of the messages that a measurement sends.
struct BenchSizeOption: ParsableArguments {
    @Option(help: ArgumentHelp("The bytes of each message that is sent.", valueName: "bytes"))
    var size = 100

    func validate() throws {
        guard self.size >= 0 else { throw ValidationError("--size is 0 or more.") }
    }
}

import ArgumentParser
import WebSocketProtocol
import WebSocketTransport

/// Where the fuzzing server is, and what is tested.
struct ConformanceOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The fuzzing server, for instance ws://127.0.0.1:9001.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The name in the report: letters, digits, '.', '-' and '_'.", valueName: "name"))
    var agent = "wsstream"

    @Option(help: ArgumentHelp("The first case to play, counted from 1.", valueName: "n"))
    var first = 1

    func validate() throws {
        let isPlain = self.agent.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
            default: false
            }
        }
        guard isPlain, !self.agent.isEmpty else {
            throw ValidationError("--agent holds letters, digits, '.', '-' and '_' only.")
        }
        guard self.first >= 1 else { throw ValidationError("--first is 1 or more.") }
    }

    /// The driver that these options describe.
    ///
    /// - Returns: The driver; nothing has been sent.
    /// - Throws: `HandshakeError` for a URL that can't be used.
    func driver() throws -> ConformanceDriver {
        var configuration = WebSocketClientConfiguration()
        // A Ping of ours is nothing that a case expects.
        configuration.connection.keepalive = nil
        let base = self.url.hasSuffix("/") ? String(self.url.dropLast()) : self.url
        _ = try WebSocketURL(base)
        return ConformanceDriver(base: base, agent: self.agent, configuration: configuration)
    }
}

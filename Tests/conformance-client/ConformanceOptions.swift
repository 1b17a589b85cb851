import ArgumentParser
import WebSocketProtocol
import WebSocketTransport

/// Where the fuzzing server is, and what is tested.
struct ConformanceOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The fuzzing server, for instance ws://127.0.0.1:9001.", valueName: "url"))
    var url: String

    @Option(help: ArgumentHelp("The name in the report: letters, digits, '.', '-' and '_'.", valueName: "name"))
    var agent = "workspace-streams"

    @Option(help: ArgumentHelp("The first case to play, counted from 1.", valueName: "n"))
    var first = 1

    @Flag(help: "Offer no permessage-deflate.")
    var noCompression = false

    @Flag(help: "Ask the server to keep no context between compressed messages.")
    var noContextTakeover = false

    @Option(help: ArgumentHelp("The window to ask the server for, 9 to 15.", valueName: "bits"))
    var windowBits = 15

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
        guard (9...15).contains(self.windowBits) else { throw ValidationError("--window-bits is 9 to 15.") }
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
        var compression = PermessageDeflate()
        // Also what is small, so that each case of groups 12 and 13 is about compression.
        compression.threshold = 0
        compression.peerContextTakeover = !self.noContextTakeover
        compression.peerWindowBits = self.windowBits
        configuration.compression = self.noCompression ? nil : compression
        let base = self.url.hasSuffix("/") ? String(self.url.dropLast()) : self.url
        _ = try WebSocketURL(base)
        return ConformanceDriver(base: base, agent: self.agent, configuration: configuration)
    }
}

import ArgumentParser
import MockAgentServer
import WebSocketProtocol
import WebSocketTransport

/// The options of a mock server, the same as those of `mock-agent-server`.
struct MockOptions: ParsableArguments {
    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 means any free port.")
    var port = 0

    @Option(
        help: ArgumentHelp(
            "The bearer token that clients must send (default: no token).",
            discussion: "Other users can see it in the list of processes; prefer the variable \(TokenSource.variable)."
        )
    )
    var token: String?

    @Option(
        help: ArgumentHelp("The instance id; a client that names another one is refused with 404.", valueName: "id")
    )
    var instanceID: String?

    @Option(help: ArgumentHelp("A scenario file, or one of \(Self.builtIn).", valueName: "name-or-path"))
    var scenario = "demo"

    @Option(help: ArgumentHelp("The names of the repositories, separated by commas.", valueName: "names"))
    var repositories: String?

    @Option(help: ArgumentHelp("The server's certificate chain in PEM, for wss; with --tls-key.", valueName: "path"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key of the certificate in PEM, not encrypted.", valueName: "path"))
    var tlsKey: String?

    @Flag(help: "Split messages into frames like agentctl.")
    var gorilla = false

    @Flag(inversion: .prefixedNo, help: "Agree to compression (permessage-deflate) if a client offers it.")
    var compression = false

    @Flag(help: "Start with a shell, which echoes its input.")
    var shell = false

    func validate() throws {
        guard (self.tlsCertificate == nil) == (self.tlsKey == nil) else {
            throw ValidationError("Give both --tls-certificate and --tls-key, or neither.")
        }
    }

    /// The configuration of the server.
    ///
    /// - Throws: `MockServerError` for a scenario that can't be used.
    func configuration(environment: [String: String]) throws -> MockServerConfiguration {
        var configuration = MockServerConfiguration()
        (configuration.host, configuration.port) = (self.host, self.port)
        configuration.token = self.token ?? environment[TokenSource.variable]
        configuration.instanceID = self.instanceID
        if self.compression { configuration.compression = PermessageDeflate() }
        configuration.hasShell = self.shell
        if let certificate = self.tlsCertificate, let key = self.tlsKey {
            let identity = TLSIdentity(certificateChain: .file(certificate), privateKey: .file(key))
            configuration.tls = WebSocketServerTLSConfiguration(identity: identity)
        }
        configuration.frameStyle = self.gorilla ? .gorilla : .plain
        configuration.scenario = try Scenario.load(self.scenario)
        if let names = self.repositories?.split(separator: ",") {
            configuration.repositories = names.map { MockRepository(name: String($0)) }
        } else if self.scenario == "demo" {
            configuration.repositories = Scenario.demoRepositories
        }
        return configuration
    }

    private static let builtIn = Scenario.builtIn.keys.sorted().joined(separator: ", ")
}

import ArgumentParser
import CommandIO
import MockAgentServer
import ProcessSignals
import RuntimeLifecycle
import WebSocketProtocol
import WebSocketTransport

/// Runs the mock server with a scenario file or a built-in scenario, until a signal comes.
@main
struct MockAgentServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mock-agent-server",
        abstract: "Simulates agentctl: a workspace stream with scripted events and faults.",
        discussion: """
            Prints one line, "listening on ws://127.0.0.1:PORT" (http with --control), and runs until SIGINT, SIGTERM or SIGHUP.
            The token is read from WSSTREAM_TOKEN if --token is not given. Without a token, clients need none.

            \(ExitStatus.table)
            """
    )

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 means any free port.")
    var port = 0

    @Option(help: "The bearer token that clients must send; other users can see it in the list of processes.")
    var token: String?

    @Option(help: "The instance id; a client that names another one is refused with 404.")
    var instanceID: String?

    @Option(help: "A scenario file, or demo, idle, flood or faults.")
    var scenario = "demo"

    @Option(help: "The names of the repositories, separated by commas.")
    var repositories: String?

    @Option(help: "The server's certificate chain in PEM, a file, for wss; with --tls-key.")
    var tlsCertificate: String?

    @Option(help: "The private key of the certificate in PEM, a file, not encrypted.")
    var tlsKey: String?

    @Flag(help: "Split messages into frames like agentctl.")
    var gorilla = false

    @Flag(inversion: .prefixedNo, help: "Agree to compression (permessage-deflate) if a client offers it.")
    var compression = false

    @Flag(help: "Run a control port, which makes instances on request; each has a port of its own.")
    var control = false

    @Option(help: "With --control: the nonce that a client exchanges for the token, once; otherwise there is no token.")
    var nonce: String?

    @Flag(help: "Start with a shell, which echoes its input.")
    var shell = false

    static func main() async {
        StandardDescriptors.openClosed()
        StandardDescriptors.ignoreBrokenPipes()
        let arguments = ProcessEnvironment.arguments
        let runner = CommandRunner(
            complain: { Self.say("Error: \($0)\n") },
            explain: { Self.say(SafeText(message: $0, arguments: arguments)) }
        )
        ProcessEnvironment.exit(await runner.run(Self.self, arguments))
    }

    /// Writes a text for people to standard error, without secrets.
    private static func say(_ text: SafeText) {
        let secrets = Redaction(
            arguments: ProcessEnvironment.arguments,
            environment: ProcessEnvironment.variables,
            tokenVariable: Self.tokenVariable
        )
        let shown = secrets.applied(to: text).description
        _ = DescriptorSink(descriptor: 2).writeBriefly(Array(shown.utf8), within: .seconds(1))
    }

    private static let tokenVariable = "WSSTREAM_TOKEN"

    func run() async throws {
        let configuration = try self.serverConfiguration()
        do {
            try await withInterruption(abort: { _ in ProcessEnvironment.exitNow(ExitStatus.aborted.rawValue) }) {
                stop in
                try await self.serve(configuration, until: stop)
            }
        } catch let error as MockServerError {
            Self.say("Error: \(error.message)\n")
            throw (error.code == .listenFailed ? ExitStatus.unreachable : .usage).exitCode
        }
    }

    private func serve(
        _ configuration: MockServerConfiguration,
        until stop: @escaping @Sendable () async -> TerminationSignal?
    ) async throws {
        if self.control { return try await self.serveControlPort(configuration, until: stop) }
        try await withMockServer(configuration) { server in
            let line: SafeText = "listening on \(server.url)\n"
            try await DescriptorSink.standardOutput.write(line.description, until: stop)
            if let runtime = self.runtime {
                runtime.report(.ready(runtime.identity, endpoint: "http://\(self.host):\(server.port)"))
            }
            _ = await stop()
        }
    }

    private func serveControlPort(
        _ instance: MockServerConfiguration,
        until stop: @escaping @Sendable () async -> TerminationSignal?
    ) async throws {
        var configuration = MockControlConfiguration()
        (configuration.port, configuration.nonce, configuration.instance) = (self.port, self.nonce, instance)
        if let token = instance.token { configuration.token = token }
        // The instances get their own ports and ids.
        (configuration.instance.port, configuration.instance.instanceID) = (0, nil)
        if self.nonce == nil { configuration.instance.token = nil }
        try await withMockControlPort(configuration) { control in
            let line: SafeText = "listening on \(control.url)\n"
            try await DescriptorSink.standardOutput.write(line.description, until: stop)
            _ = await stop()
        }
    }

    private func serverConfiguration() throws -> MockServerConfiguration {
        guard self.nonce == nil || self.control else { throw ValidationError("--nonce needs --control.") }
        guard !self.control || self.tlsCertificate == nil && self.runtime == nil else {
            throw ValidationError("A control port has no TLS, and is not the runtime of a workspace.")
        }
        var configuration = MockServerConfiguration()
        (configuration.host, configuration.port) = (self.host, self.port)
        configuration.token = self.token ?? ProcessEnvironment.variables[Self.tokenVariable]
        configuration.instanceID = self.instanceID
        if let identity = self.runtime?.identity {
            configuration.runtimeIdentity = MockRuntimeIdentity(generation: identity.generation, nonce: identity.nonce)
        }
        if self.compression { configuration.compression = PermessageDeflate() }
        configuration.hasShell = self.shell
        configuration.tls = try self.tls()
        configuration.frameStyle = self.gorilla ? .gorilla : .plain
        configuration.repositories = self.mockRepositories
        do {
            configuration.scenario = try Scenario.load(self.scenario)
            try configuration.validate()
        } catch {
            throw ValidationError("\(error.path.isEmpty ? "" : "\(error.path): ")\(error.message)")
        }
        return configuration
    }

    private func tls() throws -> WebSocketServerTLSConfiguration? {
        guard let certificate = self.tlsCertificate, let key = self.tlsKey else {
            guard self.tlsCertificate == nil, self.tlsKey == nil else {
                throw ValidationError("Give both --tls-certificate and --tls-key, or neither.")
            }
            return nil
        }
        // `wsstream workspace` asks for the health over plain HTTP.
        guard self.runtime == nil else { throw ValidationError("The runtime of a workspace can't use TLS.") }
        let identity = TLSIdentity(certificateChain: .file(certificate), privateKey: .file(key))
        return WebSocketServerTLSConfiguration(identity: identity)
    }

    /// The context of the runtime, if `wsstream workspace` started this process as one.
    private var runtime: RuntimeContext? { RuntimeContext(environment: ProcessEnvironment.variables) }

    /// The repositories of `--repositories`; without this option, those of the scenario.
    private var mockRepositories: [MockRepository] {
        if let names = self.repositories?.split(separator: ",") {
            return names.map { MockRepository(name: String($0)) }
        }
        return self.scenario == "demo" ? Scenario.demoRepositories : [MockRepository(name: nil)]
    }
}

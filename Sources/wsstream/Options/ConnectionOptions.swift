import AgentRuntime
import ArgumentParser
import RuntimeLifecycle
import WorkspaceFollowing
import WorkspaceProtocol

/// The address of the stream, the token and the instance id.
struct ConnectionOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Where the runtime listens: ws://host:port or wss://host:port; not with --workspace.",
            discussion: "If the URL has no path, \(AgentctlAPI.workspaceStreamPath) is used; a query is kept.",
            valueName: "url"
        )
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            "The workspace to follow, instead of a URL. Its endpoint is read from its journal.",
            discussion: "It is read again before each attempt. See 'wsstream help workspace'.",
            valueName: "id"
        )
    )
    var workspace: String?

    @Option(help: ArgumentHelp("The state directory of 'wsstream workspace'.", valueName: "path"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The bearer token, if the runtime requires one.",
            discussion: """
                Other users can see a token on the command line in the list of processes. Prefer --token-file, or the \
                variable \(TokenSource.variable), which is read if neither option is given.
                """
        )
    )
    var token: String?

    @Option(
        help: ArgumentHelp(
            "A file whose first line is the token.",
            discussion: "A pipe or /dev/stdin works, too; '-' is standard input.",
            valueName: "path"
        )
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "The id of the expected instance; the runtime refuses a wrong id.",
            valueName: "id"
        )
    )
    var instanceID: String?

    @Option(
        help: ArgumentHelp("The longest time to connect, such as 5s (default: 10s).", valueName: "time"),
        transform: Self.duration
    )
    var connectTimeout = DurationArgument(.seconds(10))

    @Option(
        help: ArgumentHelp(
            "The largest message to receive (default: \(ByteCountArgument.streamDefault)).",
            discussion: """
                A larger one ends the stream, and agentctl sends it again on the next connection. A git_status has \
                about 540 bytes for each untracked file. A high limit costs no memory until such a message comes.
                """,
            valueName: "bytes"
        ),
        transform: Self.byteCount
    )
    var maxMessageBytes = ByteCountArgument.streamDefault

    /// The token from the option, the file or the environment; a pipe can be read only once.
    func token(environment: [String: String]) async throws(TokenSource.SourceError) -> String? {
        try await TokenSource(token: self.token, file: self.tokenFile, environment: environment).resolve()
    }

    /// The source of the endpoint: the URL, or the journal of the workspace, which it reads each time.
    ///
    /// - Parameter token: The token.
    /// - Returns: The source. Its errors are `LifecycleError`, or `AgentRuntimeError` with `invalidConfiguration`.
    /// - Throws: `AgentRuntimeError` with `invalidConfiguration` for a URL that can't be used.
    func source(token: String?) throws -> TailEndpointSource {
        let (id, root) = (self.instanceID, self.root)
        guard let workspace = self.workspace else {
            let endpoint = FollowedEndpoint(try RuntimeEndpoint(self.url ?? "", token: token, instanceID: id))
            return TailEndpointSource { endpoint }
        }
        return TailEndpointSource {
            let (address, generation) = try await RuntimeAddress.address(of: workspace, root: root)
            let endpoint = try RuntimeEndpoint(address, token: token, instanceID: id)
            return FollowedEndpoint(endpoint, generation: generation)
        }
    }

    func validate() throws {
        guard (self.url == nil) != (self.workspace == nil) else {
            throw ValidationError("Give either a URL, such as ws://host:port, or a workspace with --workspace.")
        }
    }

    private static func byteCount(_ text: String) throws -> ByteCountArgument { try ByteCountArgument(parsing: text) }

    private static func duration(_ text: String) throws -> DurationArgument { try DurationArgument(parsing: text) }
}

/// Finds the address of the runtime of a workspace.
enum RuntimeAddress {
    /// The endpoint in the journal, and the generation of the runtime there.
    ///
    /// Takes no lock and writes nothing.
    ///
    /// - Throws: `LifecycleError` if no runtime runs there, or if the journal can't be read.
    static func address(of workspace: String, root: String?) async throws -> (url: String, generation: Int) {
        let lifecycle = try LifecycleSettings(root: root, wait: .zero).lifecycle()
        let id = try WorkspaceID(workspace)
        while true {
            if let status = try await lifecycle.status(id), status.isAlive, let endpoint = status.endpoint {
                return (endpoint, Int(clamping: status.generation))
            }
            // It throws the reason. If it does not, a runtime has come in this moment.
            _ = try await lifecycle.endpoint(of: id)
        }
    }
}

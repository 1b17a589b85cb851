import AgentRuntime
import ArgumentParser
import WorkspaceProtocol

/// Where the stream is, and what it wants to be told.
struct ConnectionOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Where the runtime listens: ws://host:port or wss://host:port; not with --workspace.",
            discussion: "Without a path, \(AgentctlAPI.workspaceStreamPath) is taken; a query is kept.",
            valueName: "url"
        )
    )
    var url: String?

    @Option(
        help: ArgumentHelp(
            "The workspace to follow, instead of a URL: its endpoint is looked up in its journal.",
            discussion: "See 'wsstream help workspace'.",
            valueName: "id"
        )
    )
    var workspace: String?

    @Option(help: ArgumentHelp("The state directory of 'wsstream workspace'.", valueName: "path"))
    var root: String?

    @Option(
        help: ArgumentHelp(
            "The bearer token, if the runtime wants one.",
            discussion: """
                A token on the command line can be seen in the list of processes: prefer --token-file or the variable \
                \(TokenSource.variable), which are looked at in this order.
                """
        )
    )
    var token: String?

    @Option(
        help: ArgumentHelp(
            "A file whose first line is the token.",
            discussion: "A pipe or /dev/stdin will do, too; '-' is standard input.",
            valueName: "path"
        )
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "The instance that is expected there; the runtime refuses another one's id.",
            valueName: "id"
        )
    )
    var instanceID: String?

    @Option(
        help: ArgumentHelp("How long connecting may take, such as 5s; 10s unless given.", valueName: "time"),
        transform: Self.duration
    )
    var connectTimeout = DurationArgument(.seconds(10))

    @Option(
        help: ArgumentHelp(
            "The largest message that is received; \(ByteCountArgument.streamDefault) unless given.",
            discussion: """
                A larger one ends the stream, and agentctl sends it again at the next attach. A git_status takes about \
                540 bytes for each untracked file. Memory grows with what has come, not with this limit.
                """,
            valueName: "bytes"
        ),
        transform: Self.byteCount
    )
    var maxMessageBytes = ByteCountArgument.streamDefault

    /// The endpoint, with the token from wherever it is.
    ///
    /// - Throws: `LifecycleError` about a workspace, `AgentRuntimeError` with `invalidConfiguration`, or ``TokenSource/SourceError``.
    func endpoint(environment: [String: String]) async throws -> RuntimeEndpoint {
        let source = TokenSource(token: self.token, file: self.tokenFile, environment: environment)
        let (address, token) = (try await self.address(), try await source.resolve())
        return try RuntimeEndpoint(address, token: token, instanceID: self.instanceID)
    }

    func validate() throws {
        guard (self.url == nil) != (self.workspace == nil) else {
            throw ValidationError("Name either a URL, ws://host:port, or a workspace by --workspace.")
        }
    }

    /// The URL, or the endpoint that the journal has for the workspace.
    private func address() async throws -> String {
        guard let workspace = self.workspace else { return self.url ?? "" }
        return try await JournalEndpoint.address(of: workspace, root: self.root)
    }

    private static func byteCount(_ text: String) throws -> ByteCountArgument { try ByteCountArgument(parsing: text) }

    private static func duration(_ text: String) throws -> DurationArgument { try DurationArgument(parsing: text) }
}

/// A request to the agent, or to agentctl, on `/api/v1/agent/stream`; its type says what the answer is.
public struct AgentRequest<Answer: AgentAnswer>: Sendable, Hashable {
    /// What is wanted.
    public var action: AgentAction

    /// The request: a JSON object.
    public var payload: RawJSON

    /// Creates a request that this library does not know.
    ///
    /// - Parameters:
    ///   - action: What is wanted.
    ///   - payload: The request: a JSON object.
    public init(_ action: AgentAction, payload: RawJSON = .emptyObject) {
        (self.action, self.payload) = (action, payload)
    }

    init(_ action: AgentAction, _ members: (inout JSONWriter) -> Void) {
        self.init(action, payload: RawJSON(members))
    }
}

/// An MCP server that a session may use.
public struct AgentMCPServer: Sendable, Hashable {
    /// The server as it is sent: a JSON object.
    public var json: RawJSON

    /// Creates a server in the form of its JSON.
    ///
    /// - Parameter json: An object with `name`, `type` and the members of this type.
    public init(_ json: RawJSON) { self.json = json }

    /// Creates a server that is reached at a URL.
    ///
    /// - Parameters:
    ///   - name: Its name.
    ///   - type: How it is reached: `http` or `sse`.
    ///   - url: Where it is.
    public init(name: String, type: String, url: String) {
        self.json = RawJSON { writer in
            writer.member("name", name)
            writer.member("type", type)
            writer.member("url", url)
        }
    }
}

extension AgentRequest where Answer == AgentInitializeAnswer {
    /// Begins to talk to the agent; agentctl never answers a second one.
    ///
    /// - Parameters:
    ///   - clientName: The name of the program.
    ///   - clientVersion: Its version.
    /// - Returns: `agent.initialize`.
    public static func initialize(clientName: String, clientVersion: String) -> Self {
        Self(.initialize) { writer in
            writer.member("client_name", clientName)
            writer.member("client_version", clientVersion)
        }
    }
}

extension AgentRequest where Answer == AgentSessionAnswer {
    /// Begins a session.
    ///
    /// - Parameters:
    ///   - directory: The working directory.
    ///   - mcpServers: The MCP servers that the session may use.
    /// - Returns: `agent.session.new`.
    public static func newSession(directory: String, mcpServers: [AgentMCPServer] = []) -> Self {
        Self(.newSession) { Self.write(directory, mcpServers, to: &$0) }
    }

    /// Begins a session in place of the current one.
    ///
    /// - Parameters:
    ///   - directory: The working directory.
    ///   - mcpServers: The MCP servers that the session may use.
    /// - Returns: `agent.session.reset`.
    public static func resetSession(directory: String, mcpServers: [AgentMCPServer] = []) -> Self {
        Self(.resetSession) { Self.write(directory, mcpServers, to: &$0) }
    }

    /// Goes on with an older session.
    ///
    /// - Parameters:
    ///   - sessionID: The session.
    ///   - mcpServers: The MCP servers that the session may use.
    /// - Returns: `agent.session.load`.
    public static func loadSession(_ sessionID: String, mcpServers: [AgentMCPServer] = []) -> Self {
        Self(.loadSession) { writer in
            writer.member("session_id", sessionID)
            writer.memberIfNotZero("mcp_servers", mcpServers.map(\.json))
        }
    }

    private static func write(_ directory: String, _ mcpServers: [AgentMCPServer], to writer: inout JSONWriter) {
        writer.member("cwd", directory)
        writer.memberIfNotZero("mcp_servers", mcpServers.map(\.json))
    }
}

extension AgentRequest where Answer == AgentSuccessAnswer {
    /// Begins a turn; it is answered at once, and its end is an event.
    ///
    /// - Parameters:
    ///   - text: What the agent shall do.
    ///   - attachments: Images and files, in agentctl's form.
    ///   - generation: The number of the prompt, which the events at the end of the turn repeat; nil for none.
    ///   - steers: Whether it changes the course of the turn that is under way.
    /// - Returns: `agent.prompt`.
    public static func prompt(
        _ text: String,
        attachments: [RawJSON] = [],
        generation: Int64? = nil,
        steers: Bool = false
    ) -> Self {
        Self(.prompt) { writer in
            writer.member("text", text)
            writer.memberIfNotZero("attachments", attachments)
            if let generation {
                writer.name("prompt_generation")
                writer.integer(generation)
            }
            writer.memberIfNotZero("steer", steers)
        }
    }

    /// Answers a permission request in the older form; ``resolvePermission(requestID:pendingID:optionID:)`` has better
    /// errors.
    ///
    /// - Parameters:
    ///   - pendingID: The place in agentctl's list.
    ///   - optionID: The answer; nil ends the request without one.
    /// - Returns: `agent.permissions.respond`.
    public static func respondToPermission(pendingID: String, optionID: String?) -> Self {
        Self(.respondToPermission) { writer in
            writer.member("pending_id", pendingID)
            writer.memberIfPresent("option_id", optionID)
            writer.memberIfNotZero("cancelled", optionID == nil)
        }
    }

    /// Sets the mode of a session.
    ///
    /// - Parameters:
    ///   - modeID: The mode.
    ///   - sessionID: The session.
    /// - Returns: `agent.session.set_mode`.
    public static func setMode(_ modeID: String, sessionID: String) -> Self {
        Self(.setMode) { writer in
            writer.member("session_id", sessionID)
            writer.member("mode_id", modeID)
        }
    }

    /// Sets the model of a session.
    ///
    /// - Parameters:
    ///   - modelID: The model.
    ///   - sessionID: The session.
    /// - Returns: `agent.session.set_model`.
    public static func setModel(_ modelID: String, sessionID: String) -> Self {
        Self(.setModel) { writer in
            writer.member("session_id", sessionID)
            writer.member("model_id", modelID)
        }
    }

    /// Changes a setting of a session.
    ///
    /// - Parameters:
    ///   - configID: The setting.
    ///   - value: Its new value.
    ///   - sessionID: The session.
    /// - Returns: `agent.session.set_config_option`.
    public static func setConfigOption(_ configID: String, value: String, sessionID: String) -> Self {
        Self(.setConfigOption) { writer in
            writer.member("session_id", sessionID)
            writer.member("config_id", configID)
            writer.member("value", value)
        }
    }

    /// Logs the user in.
    ///
    /// - Parameter methodID: How: one of the methods of ``AgentCapabilities/authMethods``.
    /// - Returns: `agent.session.authenticate`.
    public static func authenticate(methodID: String) -> Self {
        Self(.authenticate) { $0.member("method_id", methodID) }
    }
}

extension AgentRequest where Answer == AgentCancelAnswer {
    /// Ends the turn that is under way; without one it succeeds, too.
    ///
    /// - Returns: `agent.cancel`.
    public static func cancel() -> Self { Self(.cancel) }
}

extension AgentRequest where Answer == AgentPermissionList {
    /// Lists the permission requests that wait for an answer.
    ///
    /// - Returns: `agent.permissions.list`.
    public static func listPermissions() -> Self { Self(.listPermissions) }
}

extension AgentRequest where Answer == AgentPermissionResolution {
    /// Answers a permission request.
    ///
    /// - Parameters:
    ///   - requestID: The request.
    ///   - pendingID: Its place in agentctl's list.
    ///   - optionID: The answer.
    /// - Returns: `agent.permissions.resolve`.
    public static func resolvePermission(requestID: String, pendingID: String, optionID: String) -> Self {
        Self(.resolvePermission) { writer in
            writer.member("request_id", requestID)
            writer.member("pending_id", pendingID)
            writer.member("option_id", optionID)
        }
    }

    /// Ends a permission request without an answer.
    ///
    /// - Parameters:
    ///   - requestID: The request.
    ///   - pendingID: Its place in agentctl's list.
    /// - Returns: `agent.permissions.cancel`.
    public static func cancelPermission(requestID: String, pendingID: String) -> Self {
        Self(.cancelPermission) { writer in
            writer.member("request_id", requestID)
            writer.member("pending_id", pendingID)
        }
    }
}

extension AgentRequest where Answer == AgentStandardError {
    /// Reads the last lines of the agent's standard error.
    ///
    /// - Returns: `agent.stderr`.
    public static func standardError() -> Self { Self(.standardError) }
}

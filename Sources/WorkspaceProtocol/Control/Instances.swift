/// The body of `POST /auth/handshake` on the control port: the nonce that agentctl was started with.
public struct ControlHandshakeRequest: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The nonce; agentctl takes it once.
    ///
    /// A wrong nonce does not use it up.
    public var nonce: String

    /// Creates a request.
    ///
    /// - Parameter nonce: See ``nonce``.
    public init(nonce: String) { self.nonce = nonce }

    /// A fixed text: the nonce is a secret.
    public var description: String { "ControlHandshakeRequest" }
}

/// The answer of `POST /auth/handshake`.
public struct ControlHandshakeAnswer: Codable, Sendable, Hashable, CustomStringConvertible {
    /// The token for the control port and for all its instances: 64 hexadecimal digits.
    public var token = ""

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        self.token = try decoder.container(keyedBy: CodingKeys.self).text(.token)
    }

    /// A fixed text: the token is a secret.
    public var description: String { "ControlHandshakeAnswer" }

    private enum CodingKeys: String, CodingKey { case token }
}

/// An MCP server that the agent of an instance can use; a member of ``CreateInstanceRequest``.
public struct InstanceMCPServer: Codable, Sendable, Hashable {
    /// Its name; required.
    public var name: String
    /// Its URL, for a server in the network.
    public var url: String?
    /// How to talk to it, such as `stdio`, `http` or `sse`.
    public var type: String?
    /// Its program, for a server that is a process.
    public var command: String?
    /// The arguments of the program.
    public var arguments: [String]?
    /// Variables to add to its environment.
    public var environment: [String: String]?
    /// Fields of HTTP requests to it.
    public var headers: [String: String]?

    /// Creates a server; then set the properties of its kind.
    ///
    /// - Parameter name: See ``name``.
    public init(name: String) { self.name = name }

    private enum CodingKeys: String, CodingKey {
        case name, url, type, command
        case arguments = "args"
        case environment = "env"
        case headers
    }
}

/// The body of `POST /api/v1/instances` on the control port.
///
/// A member that is `nil` is not sent.
public struct CreateInstanceRequest: Codable, Sendable, Hashable {
    /// The id of the instance; with `nil`, agentctl makes one.
    ///
    /// An id that exists is an error with status 500.
    public var id: String?
    /// The directory of the workspace; required.
    ///
    /// A directory that does not exist is not an error.
    public var workspacePath: String
    /// The command line of the agent.
    public var agentCommand: String?
    /// How agentctl talks to the agent, such as `acp`.
    public var protocolName: String?
    /// The kind of the agent, for the names of debug files.
    public var agentType: String?
    /// The flag in the command line of the agent that names its workspace.
    public var workspaceFlag: String?
    /// Variables to add to the environment of the agent.
    ///
    /// Put no secret here: the list of instances shows them in clear text.
    public var environment: [String: String]?
    /// Whether to start the agent at once.
    public var startsAgent: Bool?
    /// The MCP servers of the agent.
    public var mcpServers: [InstanceMCPServer]?
    /// The session of the manager.
    public var sessionID: String?
    /// The task of the manager.
    public var taskID: String?

    /// Creates a request; then set further properties.
    ///
    /// - Parameters:
    ///   - workspacePath: See ``workspacePath``.
    ///   - id: See ``id``.
    public init(workspacePath: String, id: String? = nil) { (self.workspacePath, self.id) = (workspacePath, id) }

    private enum CodingKeys: String, CodingKey {
        case id
        case workspacePath = "workspace_path"
        case agentCommand = "agent_command"
        case protocolName = "protocol"
        case agentType = "agent_type"
        case workspaceFlag = "workspace_flag"
        case environment = "env"
        case startsAgent = "auto_start"
        case mcpServers = "mcp_servers"
        case sessionID = "session_id"
        case taskID = "task_id"
    }
}

/// The answer of `POST /api/v1/instances`, with status 201.
public struct CreateInstanceAnswer: Codable, Sendable, Hashable {
    /// The id of the instance.
    public var id = ""
    /// Its port, on the host of the control port.
    public var port = 0

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try members.text(.id)
        self.port = try members.value(.port, or: 0)
    }

    private enum CodingKeys: String, CodingKey { case id, port }
}

/// An instance, in the answers of `GET /api/v1/instances` and `GET /api/v1/instances/:id`.
public struct AgentInstance: Codable, Sendable, Hashable {
    /// Its id.
    public var id = ""
    /// Its port, on the host of the control port.
    public var port = 0
    /// Its state; agentctl sends `running`.
    public var status = ""
    /// The directory of its workspace.
    public var workspacePath = ""
    /// The command line of its agent.
    public var agentCommand = ""
    /// The variables that were added to its environment, in clear text; empty if none were.
    public var environment: [String: String] = [:]
    /// When it was made.
    public var createdAt = RFC3339Timestamp()
    /// All other members.
    public var unknownMembers: [String: JSONValue] = [:]

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try members.text(.id)
        self.port = try members.value(.port, or: 0)
        self.status = try members.text(.status)
        self.workspacePath = try members.text(.workspacePath)
        self.agentCommand = try members.text(.agentCommand)
        self.environment = try members.value(.environment, or: [:])
        self.createdAt = try members.value(.createdAt, or: self.createdAt)
        self.unknownMembers = try decoder.unknownMembers(CodingKeys.self)
    }

    /// Writes the members as agentctl does.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.id, forKey: .id)
        try members.encode(self.port, forKey: .port)
        try members.encode(self.status, forKey: .status)
        try members.encode(self.workspacePath, forKey: .workspacePath)
        try members.encode(self.agentCommand, forKey: .agentCommand)
        if !self.environment.isEmpty { try members.encode(self.environment, forKey: .environment) }
        try members.encode(self.createdAt, forKey: .createdAt)
        try encoder.encode(unknownMembers: self.unknownMembers)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id, port, status
        case workspacePath = "workspace_path"
        case agentCommand = "agent_command"
        case environment = "env"
        case createdAt = "created_at"
    }
}

/// The answer of `DELETE /api/v1/instances/:id`.
public struct DeleteInstanceAnswer: Codable, Sendable, Hashable {
    /// What was done, for people.
    public var message = ""

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        self.message = try decoder.container(keyedBy: CodingKeys.self).text(.message)
    }

    private enum CodingKeys: String, CodingKey { case message }
}

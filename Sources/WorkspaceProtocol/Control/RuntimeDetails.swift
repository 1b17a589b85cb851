/// The answer of `GET /api/v1/info`: the server and its workspace.
public struct RuntimeDetails: Codable, Sendable, Hashable {
    /// The version of agentctl.
    public var version = ""
    /// The command line of the agent.
    public var agentCommand = ""
    /// The directory of the workspace, on the machine of the runtime.
    public var workingDirectory = ""
    /// The port of the instance.
    public var port = 0
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
        self.version = try members.text(.version)
        self.agentCommand = try members.text(.agentCommand)
        self.workingDirectory = try members.text(.workingDirectory)
        self.port = try members.value(.port, or: 0)
        self.unknownMembers = try decoder.unknownMembers(CodingKeys.self)
    }

    /// Writes the members as agentctl does.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.version, forKey: .version)
        try members.encode(self.agentCommand, forKey: .agentCommand)
        try members.encode(self.workingDirectory, forKey: .workingDirectory)
        try members.encode(self.port, forKey: .port)
        try encoder.encode(unknownMembers: self.unknownMembers)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case version
        case agentCommand = "agent_command"
        case workingDirectory = "work_dir"
        case port
    }
}

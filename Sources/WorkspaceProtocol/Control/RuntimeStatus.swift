/// The answer of `GET /api/v1/status`: what the agent of the runtime does.
///
/// ```
/// {"agent_status":"stopped","process_info":{"exit_code":-1,"status":"stopped"}}
/// ```
public struct RuntimeStatus: Codable, Sendable, Hashable {
    /// The process of the agent; `process_info`.
    public struct AgentProcess: Codable, Sendable, Hashable {
        /// The state of the process, the same values as ``RuntimeStatus/agentStatus``.
        public var status = AgentStatus(rawValue: "")
        /// The exit code; `nil` if the member is absent.
        ///
        /// agentctl sends -1 while the process has not ended: also if it was never started.
        public var exitCode: Int?
        /// The process id in the operating system of the runtime; `nil` if it was never started.
        public var processID: Int?
        /// Why the process ended, for people, such as `exit status 9`; `nil` if it did not end by itself.
        public var exitError: String?
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
            self.status = try members.value(.status, or: AgentStatus(rawValue: ""))
            self.exitCode = try members.decodeIfPresent(Int.self, forKey: .exitCode)
            self.processID = try members.decodeIfPresent(Int.self, forKey: .processID)
            self.exitError = try members.textIfAny(.exitError)
            self.unknownMembers = try decoder.unknownMembers(CodingKeys.self)
        }

        /// Writes the members as agentctl does.
        ///
        /// - Parameter encoder: The encoder.
        /// - Throws: An error of the encoder.
        public func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(self.status, forKey: .status)
            try members.encodeIfPresent(self.exitCode, forKey: .exitCode)
            try members.encodeIfPresent(self.processID, forKey: .processID)
            try members.encodeIfPresent(self.exitError, forKey: .exitError)
            try encoder.encode(unknownMembers: self.unknownMembers)
        }

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case status
            case exitCode = "exit_code"
            case processID = "pid"
            case exitError = "exit_error"
        }
    }

    /// What the agent does.
    public var agentStatus = AgentStatus(rawValue: "")
    /// The process of the agent.
    public var process = AgentProcess()
    /// How long the agent has run, as agentctl writes it; `nil` if it does not say.
    public var uptime: JSONValue?
    /// All other members.
    public var unknownMembers: [String: JSONValue] = [:]

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer.
    ///
    /// As for agentctl's other clients, a member that is absent or `null` has the default value of its property. All
    /// bodies of the control API have this rule.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.agentStatus = try members.value(.agentStatus, or: AgentStatus(rawValue: ""))
        self.process = try members.value(.process, or: AgentProcess())
        self.uptime = try members.decodeIfPresent(JSONValue.self, forKey: .uptime)
        self.unknownMembers = try decoder.unknownMembers(CodingKeys.self)
    }

    /// Writes the members as agentctl does.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.agentStatus, forKey: .agentStatus)
        try members.encode(self.process, forKey: .process)
        try members.encodeIfPresent(self.uptime, forKey: .uptime)
        try encoder.encode(unknownMembers: self.unknownMembers)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case agentStatus = "agent_status"
        case process = "process_info"
        case uptime
    }
}

/// A process of the workspace, in the answers of `/api/v1/processes`.
///
/// agentctl forgets a process, with its output, when it ends: then the list does not have it, and `GET` by its id
/// answers 404. So an exit code is seen almost only on the workspace stream.
public struct WorkspaceProcess: Codable, Sendable, Hashable {
    /// A piece of output in the ring of a process.
    public struct Chunk: Codable, Sendable, Hashable {
        /// Where the process wrote it.
        public var stream = ProcessOutput.Stream(rawValue: "")
        /// The text of one read, at most 4,096 bytes; U+FFFD where a character was cut at its start or end.
        public var data = ""
        /// When agentctl read it.
        public var timestamp = RFC3339Timestamp()

        /// Creates an empty value; then set single properties.
        public init() {}

        /// Reads an answer; see ``RuntimeStatus/init(from:)``.
        ///
        /// - Parameter decoder: The decoder.
        /// - Throws: `DecodingError` if a member has another type.
        public init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            self.stream = try members.value(.stream, or: self.stream)
            self.data = try members.text(.data)
            self.timestamp = try members.value(.timestamp, or: self.timestamp)
        }

        private enum CodingKeys: String, CodingKey { case stream, data, timestamp }
    }

    /// agentctl's name for the process; it is not the process id of the operating system.
    public var id = ""
    /// The session to which the process belongs.
    public var sessionID = ""
    /// What the process is for; any text, also the empty one.
    public var kind = ProcessKind(rawValue: "")
    /// The name of a custom script; `nil` for others.
    public var scriptName: String?
    /// The command line.
    public var command = ""
    /// The directory it runs in; empty if the start did not name one.
    public var workingDirectory = ""
    /// The state.
    public var status = ProcessStatus.State(rawValue: "")
    /// The exit code, also 0; `nil` while the process runs.
    public var exitCode: Int?
    /// When it was started.
    public var startedAt = RFC3339Timestamp()
    /// When its state changed last.
    public var updatedAt = RFC3339Timestamp()
    /// The last output, oldest first; `nil` if the request did not ask for it.
    ///
    /// The ring has 2 MiB unless the start asked for another size. It starts anywhere in the output.
    public var output: [Chunk]?
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
        self.sessionID = try members.text(.sessionID)
        self.kind = try members.value(.kind, or: self.kind)
        self.scriptName = try members.textIfAny(.scriptName)
        self.command = try members.text(.command)
        self.workingDirectory = try members.text(.workingDirectory)
        self.status = try members.value(.status, or: self.status)
        self.exitCode = try members.decodeIfPresent(Int.self, forKey: .exitCode)
        self.startedAt = try members.value(.startedAt, or: self.startedAt)
        self.updatedAt = try members.value(.updatedAt, or: self.updatedAt)
        self.output = try members.decodeIfPresent([Chunk].self, forKey: .output)
        self.unknownMembers = try decoder.unknownMembers(CodingKeys.self)
    }

    /// Writes the members as agentctl does.
    ///
    /// - Parameter encoder: The encoder.
    /// - Throws: An error of the encoder.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(self.id, forKey: .id)
        try members.encode(self.sessionID, forKey: .sessionID)
        try members.encode(self.kind, forKey: .kind)
        try members.encodeIfPresent(self.scriptName, forKey: .scriptName)
        try members.encode(self.command, forKey: .command)
        try members.encode(self.workingDirectory, forKey: .workingDirectory)
        try members.encode(self.status, forKey: .status)
        try members.encodeIfPresent(self.exitCode, forKey: .exitCode)
        try members.encode(self.startedAt, forKey: .startedAt)
        try members.encode(self.updatedAt, forKey: .updatedAt)
        try members.encodeIfPresent(self.output, forKey: .output)
        try encoder.encode(unknownMembers: self.unknownMembers)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case id
        case sessionID = "session_id"
        case kind
        case scriptName = "script_name"
        case command
        case workingDirectory = "working_dir"
        case status
        case exitCode = "exit_code"
        case startedAt = "started_at"
        case updatedAt = "updated_at"
        case output
    }
}

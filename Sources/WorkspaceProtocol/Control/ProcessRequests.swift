/// The body of `POST /api/v1/processes/start`.
///
/// A member that is `nil` is not sent.
public struct StartProcessRequest: Codable, Sendable, Hashable {
    /// The session to which the process belongs; not empty.
    public var sessionID: String
    /// What the process is for; agentctl takes any text.
    ///
    /// With `nil`, its events have an empty kind.
    public var kind: ProcessKind?
    /// The name of a custom script.
    public var scriptName: String?
    /// The command line, for a shell; not empty.
    ///
    /// A program that does not exist is not an error of the start: the shell says so, and the process ends with 127.
    public var command: String
    /// The directory to run in; with `nil`, that of the runtime.
    ///
    /// A missing directory is an error of the start.
    public var workingDirectory: String?
    /// Variables to add to the environment.
    public var environment: [String: String]?
    /// The size of the ring of output in bytes; agentctl's default is 2 MiB.
    public var maximumBufferBytes: Int?

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - sessionID: See ``sessionID``.
    ///   - kind: See ``kind``.
    ///   - scriptName: See ``scriptName``.
    ///   - command: See ``command``.
    ///   - workingDirectory: See ``workingDirectory``.
    ///   - environment: See ``environment``.
    ///   - maximumBufferBytes: See ``maximumBufferBytes``.
    public init(
        sessionID: String,
        kind: ProcessKind? = nil,
        scriptName: String? = nil,
        command: String,
        workingDirectory: String? = nil,
        environment: [String: String]? = nil,
        maximumBufferBytes: Int? = nil
    ) {
        self.sessionID = sessionID
        self.kind = kind
        self.scriptName = scriptName
        self.command = command
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.maximumBufferBytes = maximumBufferBytes
    }

    private enum CodingKeys: String, CodingKey {
        case sessionID = "session_id"
        case kind
        case scriptName = "script_name"
        case command
        case workingDirectory = "working_dir"
        case environment = "env"
        case maximumBufferBytes = "buffer_max_bytes"
    }
}

/// The answer of `POST /api/v1/processes/start`.
public struct StartProcessAnswer: Codable, Sendable, Hashable {
    /// The process, usually already `running`.
    public var process = WorkspaceProcess()

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        self.process = try decoder.container(keyedBy: CodingKeys.self).value(.process, or: WorkspaceProcess())
    }

    private enum CodingKeys: String, CodingKey { case process }
}

/// The body of `POST /api/v1/processes/stop`.
public struct StopProcessRequest: Codable, Sendable, Hashable {
    /// The id of the process; an id that agentctl does not know is a success.
    public var processID: String

    /// Creates a request.
    ///
    /// - Parameter processID: See ``processID``.
    public init(processID: String) { self.processID = processID }

    private enum CodingKeys: String, CodingKey { case processID = "process_id" }
}

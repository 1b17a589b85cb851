/// A change in the life of a process.
///
/// Source: `/api/v1/workspace/stream`, message `process_status`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct ProcessStatus: Sendable, Hashable {
    /// The session the process belongs to.
    public var sessionID = ""

    /// agentctl's name for the process; it is not the process id of the operating system.
    public var processID = ""

    /// What the process is for.
    public var kind = ProcessKind(rawValue: "")

    /// The name of a custom script; `nil` for others.
    public var scriptName: String?

    /// The command line.
    public var command = ""

    /// The directory it runs in.
    public var workingDirectory = ""

    /// The state of the process.
    public var status = State(rawValue: "")

    /// The exit code; `nil` if it is unknown, for example while the process runs.
    ///
    /// agentctl sends 0 here, but not for ``WorkspaceEvent/Content/shellExit(code:)``.
    public var exitCode: Int?

    /// When agentctl noticed the change.
    public var timestamp = RFC3339Timestamp()

    /// Creates a value; the defaults stand for members that agentctl omits.
    ///
    /// - Parameters:
    ///   - sessionID: See ``sessionID``.
    ///   - processID: See ``processID``.
    ///   - kind: See ``kind``.
    ///   - scriptName: See ``scriptName``.
    ///   - command: See ``command``.
    ///   - workingDirectory: See ``workingDirectory``.
    ///   - status: See ``status``.
    ///   - exitCode: See ``exitCode``.
    ///   - timestamp: See ``timestamp``.
    public init(
        sessionID: String = "",
        processID: String = "",
        kind: ProcessKind = ProcessKind(rawValue: ""),
        scriptName: String? = nil,
        command: String = "",
        workingDirectory: String = "",
        status: State = State(rawValue: ""),
        exitCode: Int? = nil,
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: "")
    ) {
        self.sessionID = sessionID
        self.processID = processID
        self.kind = kind
        self.scriptName = scriptName
        self.command = command
        self.workingDirectory = workingDirectory
        self.status = status
        self.exitCode = exitCode
        self.timestamp = timestamp
    }
}

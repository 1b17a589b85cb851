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

extension ProcessStatus {
    /// The state of a process; `status` of `process_status`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct State: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The value on the wire.
        public var rawValue: String

        /// Creates a value, known or not.
        ///
        /// - Parameter rawValue: The value on the wire.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The value on the wire.
        public var description: String { self.rawValue }

        /// It is being launched.
        public static let starting = Self(rawValue: "starting")

        /// It is running.
        public static let running = Self(rawValue: "running")

        /// It ended with exit code 0.
        public static let exited = Self(rawValue: "exited")

        /// It ended with another exit code, could not be launched, or was stopped.
        public static let failed = Self(rawValue: "failed")

        /// It was stopped; declared by agentctl, but not sent by any version known.
        public static let stopped = Self(rawValue: "stopped")
    }
}

extension ProcessStatus: WorkspacePayload {
    /// The members of `process_status`, in agentctl's order.
    enum Field {
        static var sessionID: JSONField { JSONField(0, "session_id") }
        static var processID: JSONField { JSONField(1, "process_id") }
        static var kind: JSONField { JSONField(2, "kind") }
        static var scriptName: JSONField { JSONField(3, "script_name") }
        static var command: JSONField { JSONField(4, "command") }
        static var workingDirectory: JSONField { JSONField(5, "working_dir") }
        static var status: JSONField { JSONField(6, "status") }
        static var exitCode: JSONField { JSONField(7, "exit_code") }
        static var timestamp: JSONField { JSONField(8, "timestamp") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.processID, in: &scanner) { self.processID = try scanner.string() }
        if members.isNext(Field.kind, in: &scanner) { self.kind = ProcessKind(rawValue: try scanner.string()) }
        if members.isNext(Field.scriptName, in: &scanner) { self.scriptName = try scanner.string() }
        if members.isNext(Field.command, in: &scanner) { self.command = try scanner.string() }
        if members.isNext(Field.workingDirectory, in: &scanner) { self.workingDirectory = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) { self.status = State(rawValue: try scanner.string()) }
        if members.isNext(Field.exitCode, in: &scanner) { self.exitCode = try scanner.int() }
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.sessionID.name, self.sessionID)
        writer.member(Field.processID.name, self.processID)
        writer.member(Field.kind.name, self.kind.rawValue)
        writer.memberIfPresent(Field.scriptName.name, self.scriptName)
        writer.member(Field.command.name, self.command)
        writer.member(Field.workingDirectory.name, self.workingDirectory)
        writer.member(Field.status.name, self.status.rawValue)
        writer.memberIfPresent(Field.exitCode.name, self.exitCode)
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
    }
}

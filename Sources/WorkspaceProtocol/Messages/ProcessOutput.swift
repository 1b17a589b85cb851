/// A piece of a process's output.
///
/// agentctl reads at most 4096 bytes at a time: a character that straddles two pieces arrives as U+FFFD.
/// The last piece may come after the ``ProcessStatus`` that reports the end.
/// Source: `/api/v1/workspace/stream`, message `process_output`.
/// A member that is absent or `null` on the wire has the default of the initializer here.
public struct ProcessOutput: Sendable, Hashable {
    /// The session the process belongs to.
    public var sessionID = ""

    /// agentctl's name for the process; not the number of the operating system.
    public var processID = ""

    /// What the process is for.
    public var kind = ProcessKind(rawValue: "")

    /// Where it wrote.
    public var stream = Stream(rawValue: "")

    /// What it wrote, with terminal escape sequences.
    public var data = ""

    /// When agentctl read the output.
    public var timestamp = RFC3339Timestamp()

    /// Creates a value; what is left out is what agentctl leaves out.
    ///
    /// - Parameters:
    ///   - sessionID: See ``sessionID``.
    ///   - processID: See ``processID``.
    ///   - kind: See ``kind``.
    ///   - stream: See ``stream``.
    ///   - data: See ``data``.
    ///   - timestamp: See ``timestamp``.
    public init(
        sessionID: String = "",
        processID: String = "",
        kind: ProcessKind = ProcessKind(rawValue: ""),
        stream: Stream = Stream(rawValue: ""),
        data: String = "",
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: "")
    ) {
        self.sessionID = sessionID
        self.processID = processID
        self.kind = kind
        self.stream = stream
        self.data = data
        self.timestamp = timestamp
    }
}

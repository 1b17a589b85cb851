/// A piece of a process's output.
///
/// agentctl reads at most 4096 bytes at a time. A character that is split between two pieces arrives as U+FFFD.
/// The last piece may come after the ``ProcessStatus`` that reports the end.
/// Source: `/api/v1/workspace/stream`, message `process_output`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct ProcessOutput: Sendable, Hashable {
    /// The session the process belongs to.
    public var sessionID = ""

    /// agentctl's name for the process; it is not the process id of the operating system.
    public var processID = ""

    /// What the process is for.
    public var kind = ProcessKind(rawValue: "")

    /// The output stream of this piece.
    public var stream = Stream(rawValue: "")

    /// The output itself, including terminal escape sequences.
    public var data = ""

    /// When agentctl read the output.
    public var timestamp = RFC3339Timestamp()

    /// Creates a value; the defaults stand for members that agentctl omits.
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

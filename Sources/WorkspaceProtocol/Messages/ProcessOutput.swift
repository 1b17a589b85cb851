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

extension ProcessOutput {
    /// The output stream of the process; `stream` of `process_output`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct Stream: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// Standard output.
        public static let standardOutput = Self(rawValue: "stdout")

        /// Standard error.
        public static let standardError = Self(rawValue: "stderr")
    }
}

extension ProcessOutput: WorkspacePayload {
    /// The members of `process_output`, in agentctl's order.
    enum Field {
        static var sessionID: JSONField { JSONField(0, "session_id") }
        static var processID: JSONField { JSONField(1, "process_id") }
        static var kind: JSONField { JSONField(2, "kind") }
        static var stream: JSONField { JSONField(3, "stream") }
        static var data: JSONField { JSONField(4, "data") }
        static var timestamp: JSONField { JSONField(5, "timestamp") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.sessionID, in: &scanner) { self.sessionID = try scanner.string() }
        if members.isNext(Field.processID, in: &scanner) { self.processID = try scanner.string() }
        if members.isNext(Field.kind, in: &scanner) { self.kind = ProcessKind(rawValue: try scanner.string()) }
        if members.isNext(Field.stream, in: &scanner) { self.stream = Stream(rawValue: try scanner.string()) }
        if members.isNext(Field.data, in: &scanner) { self.data = try scanner.string() }
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.sessionID.name, self.sessionID)
        writer.member(Field.processID.name, self.processID)
        writer.member(Field.kind.name, self.kind.rawValue)
        writer.member(Field.stream.name, self.stream.rawValue)
        writer.member(Field.data.name, self.data)
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
    }
}

/// A change in the file tree of the workspace.
///
/// Usually it is a ``Operation/refresh`` with an empty path, because agentctl polls and merges more than 50 changes.
/// Source: `/api/v1/workspace/stream`, message `file_change`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct FileChange: Sendable, Hashable {
    /// When agentctl noticed the change.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// The path, relative to the workspace; empty for ``Operation/refresh``.
    public var path = ""

    /// What happened.
    public var operation = Operation(rawValue: "")

    /// Creates a value; the defaults stand for members that agentctl omits.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - path: See ``path``.
    ///   - operation: See ``operation``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        path: String = "",
        operation: Operation = Operation(rawValue: "")
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.path = path
        self.operation = operation
    }
}

extension FileChange {
    /// What happened to a path; `operation` of `file_change`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct Operation: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// The path is new.
        public static let create = Self(rawValue: "create")

        /// The content changed.
        public static let write = Self(rawValue: "write")

        /// The path no longer exists.
        public static let remove = Self(rawValue: "remove")

        /// The path moved; there is one message for the old path and one for the new.
        public static let rename = Self(rawValue: "rename")

        /// The permissions changed; declared by agentctl, but not sent by any version known.
        public static let chmod = Self(rawValue: "chmod")

        /// Something changed; the path is empty, and the consumer must read the whole tree again.
        public static let refresh = Self(rawValue: "refresh")
    }
}

extension FileChange: WorkspacePayload {
    /// The members of `file_change`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var path: JSONField { JSONField(2, "path") }
        static var operation: JSONField { JSONField(3, "operation") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.path, in: &scanner) { self.path = try scanner.string() }
        if members.isNext(Field.operation, in: &scanner) { self.operation = Operation(rawValue: try scanner.string()) }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.path.name, self.path)
        writer.member(Field.operation.name, self.operation.rawValue)
    }
}

/// A branch head that moved without a new commit, for example by `git reset`.
///
/// Source: `/api/v1/workspace/stream`, message `git_reset`.
/// If a member is absent or `null` on the wire, its property has the default value of the initializer.
public struct GitReset: Sendable, Hashable {
    /// When agentctl noticed the move.
    public var timestamp = RFC3339Timestamp()

    /// The repository, in a workspace with several; `nil` in a workspace with one.
    public var repositoryName: String?

    /// The commit before.
    public var previousHead = ""

    /// The commit now.
    public var currentHead = ""

    /// Creates a value; the defaults stand for members that agentctl omits.
    ///
    /// - Parameters:
    ///   - timestamp: See ``timestamp``.
    ///   - repositoryName: See ``repositoryName``.
    ///   - previousHead: See ``previousHead``.
    ///   - currentHead: See ``currentHead``.
    public init(
        timestamp: RFC3339Timestamp = RFC3339Timestamp(rawValue: ""),
        repositoryName: String? = nil,
        previousHead: String = "",
        currentHead: String = ""
    ) {
        self.timestamp = timestamp
        self.repositoryName = repositoryName
        self.previousHead = previousHead
        self.currentHead = currentHead
    }
}

extension GitReset: WorkspacePayload {
    /// The members of `git_reset`, in agentctl's order.
    enum Field {
        static var timestamp: JSONField { JSONField(0, "timestamp") }
        static var repositoryName: JSONField { JSONField(1, "repository_name") }
        static var previousHead: JSONField { JSONField(2, "previous_head") }
        static var currentHead: JSONField { JSONField(3, "current_head") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.timestamp, in: &scanner) {
            self.timestamp = try scanner.timestamp()
        }
        if members.isNext(Field.repositoryName, in: &scanner) { self.repositoryName = try scanner.string() }
        if members.isNext(Field.previousHead, in: &scanner) { self.previousHead = try scanner.string() }
        if members.isNext(Field.currentHead, in: &scanner) { self.currentHead = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.timestamp.name, self.timestamp.rawValue)
        writer.memberIfPresent(Field.repositoryName.name, self.repositoryName)
        writer.member(Field.previousHead.name, self.previousHead)
        writer.member(Field.currentHead.name, self.currentHead)
    }
}

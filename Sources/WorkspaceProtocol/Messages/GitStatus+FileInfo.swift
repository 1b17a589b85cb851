extension GitStatus {
    /// The changes of one file.
    ///
    /// A diff has at most 256 KB, and all diffs of one status have at most 2 MB together.
    /// Source: `/api/v1/workspace/stream`, message `git_status`.
    /// If a member is absent or `null` on the wire, its property has the default value of the initializer.
    public struct FileInfo: Sendable, Hashable {
        /// The path, relative to the repository.
        public var path = ""

        /// What happened to the file.
        public var status = FileStatus(rawValue: "")

        /// Whether the change is in the index.
        public var staged = false

        /// Lines added; absent on the wire when 0.
        public var additions = 0

        /// Lines removed; absent on the wire when 0.
        public var deletions = 0

        /// The path before a rename; `nil` if the file was not renamed.
        public var oldPath: String?

        /// The change as a unified diff; `nil` if there is none.
        public var diff: String?

        /// Why there is no diff, or only a part of it; `nil` if it is complete.
        public var diffSkipReason: DiffSkipReason?

        /// Creates a value; the defaults stand for members that agentctl omits.
        ///
        /// - Parameters:
        ///   - path: See ``path``.
        ///   - status: See ``status``.
        ///   - staged: See ``staged``.
        ///   - additions: See ``additions``.
        ///   - deletions: See ``deletions``.
        ///   - oldPath: See ``oldPath``.
        ///   - diff: See ``diff``.
        ///   - diffSkipReason: See ``diffSkipReason``.
        public init(
            path: String = "",
            status: FileStatus = FileStatus(rawValue: ""),
            staged: Bool = false,
            additions: Int = 0,
            deletions: Int = 0,
            oldPath: String? = nil,
            diff: String? = nil,
            diffSkipReason: DiffSkipReason? = nil
        ) {
            self.path = path
            self.status = status
            self.staged = staged
            self.additions = additions
            self.deletions = deletions
            self.oldPath = oldPath
            self.diff = diff
            self.diffSkipReason = diffSkipReason
        }
    }
}

extension GitStatus {
    /// What happened to one file, as git sees it; `files.*.status` of `git_status`.
    ///
    /// An open set: an unknown value is kept as it is, and an absent one is the empty string.
    public struct FileStatus: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// The content changed.
        public static let modified = Self(rawValue: "modified")

        /// The file is new and in the index.
        public static let added = Self(rawValue: "added")

        /// The file no longer exists.
        public static let deleted = Self(rawValue: "deleted")

        /// The file is new and not in the index.
        public static let untracked = Self(rawValue: "untracked")

        /// The file moved; see ``GitStatus/FileInfo/oldPath``.
        public static let renamed = Self(rawValue: "renamed")
    }
}

extension GitStatus {
    /// Why a file has no diff, or only a part of it; `files.*.diff_skip_reason` of `git_status`.
    ///
    /// An open set: an unknown value is kept as it is.
    public struct DiffSkipReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
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

        /// The file exceeds 10 MB.
        public static let tooLarge = Self(rawValue: "too_large")

        /// The first 8 KB look binary.
        public static let binary = Self(rawValue: "binary")

        /// The diff exceeds 256 KB.
        public static let truncated = Self(rawValue: "truncated")

        /// The diffs of this update exceed 2 MB together.
        public static let budgetExceeded = Self(rawValue: "budget_exceeded")
    }
}

extension GitStatus.FileInfo: WorkspacePayload {
    /// The members of `files.*` in `git_status`, in agentctl's order.
    enum Field {
        static var path: JSONField { JSONField(0, "path") }
        static var status: JSONField { JSONField(1, "status") }
        static var staged: JSONField { JSONField(2, "staged") }
        static var additions: JSONField { JSONField(3, "additions") }
        static var deletions: JSONField { JSONField(4, "deletions") }
        static var oldPath: JSONField { JSONField(5, "old_path") }
        static var diff: JSONField { JSONField(6, "diff") }
        static var diffSkipReason: JSONField { JSONField(7, "diff_skip_reason") }
    }

    init() {}

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.path, in: &scanner) { self.path = try scanner.string() }
        if members.isNext(Field.status, in: &scanner) {
            self.status = GitStatus.FileStatus(rawValue: try scanner.string())
        }
        if members.isNext(Field.staged, in: &scanner) { self.staged = try scanner.bool() }
        if members.isNext(Field.additions, in: &scanner) { self.additions = try scanner.int() }
        if members.isNext(Field.deletions, in: &scanner) { self.deletions = try scanner.int() }
        if members.isNext(Field.oldPath, in: &scanner) { self.oldPath = try scanner.string() }
        if members.isNext(Field.diff, in: &scanner) { self.diff = try scanner.string() }
        if members.isNext(Field.diffSkipReason, in: &scanner) {
            self.diffSkipReason = GitStatus.DiffSkipReason(rawValue: try scanner.string())
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.path.name, self.path)
        writer.member(Field.status.name, self.status.rawValue)
        writer.member(Field.staged.name, self.staged)
        writer.memberIfNotZero(Field.additions.name, self.additions)
        writer.memberIfNotZero(Field.deletions.name, self.deletions)
        writer.memberIfPresent(Field.oldPath.name, self.oldPath)
        writer.memberIfPresent(Field.diff.name, self.diff)
        writer.memberIfPresent(Field.diffSkipReason.name, self.diffSkipReason?.rawValue)
    }
}

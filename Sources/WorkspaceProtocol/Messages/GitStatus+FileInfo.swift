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

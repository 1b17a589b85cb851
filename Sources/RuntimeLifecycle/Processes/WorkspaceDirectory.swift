/// The directory that a path means for a given process.
///
/// One path may mean different directories for two processes, and two paths may mean the same directory. The
/// reasons are containers, private mounts, and directories that were copied or moved. Device and inode decide, looked
/// up from the view of the process.
struct WorkspaceDirectory: Hashable, Sendable {
    /// How the directory of a marked process relates to this workspace.
    enum Relation: Hashable, Sendable {
        /// It is this directory.
        case same
        /// It is another directory that exists: this one is a copy, or only has the same name.
        case other
        /// It no longer exists: it was moved or removed.
        case gone
    }

    let path: String

    /// Compares the directory that a process was started with.
    func relation(of pid: Int32, naming other: String) -> Relation {
        let theirs = FileIdentity.of("/proc/\(pid)/root" + other)
        let ours = FileIdentity.of(self.path)
        if let theirs { return theirs == ours ? .same : .other }
        // Both were removed: the name decides, if it means the same for both processes.
        guard ours == nil, other == self.path else { return .gone }
        return FileIdentity.of("/proc/\(pid)/root") == FileIdentity.of("/") ? .same : .gone
    }
}

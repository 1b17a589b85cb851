internal import Glibc

/// Which directory a path means to a process.
///
/// Two processes may mean different directories by one path, and one directory by two: containers, private mounts,
/// directories that were copied or moved. Device and inode tell, looked up from where the process is.
struct WorkspacePlace: Hashable, Sendable {
    /// What a marked process belongs to, as seen from a workspace.
    enum Relation: Hashable, Sendable {
        /// To this directory.
        case same
        /// To another one that exists: this one is a copy, or only has the same name.
        case other
        /// To one that is not there any more: it was moved or removed.
        case gone
    }

    let path: String

    /// What a process means by the path it was started with.
    func relation(of pid: Int32, naming other: String) -> Relation {
        let theirs = FileIdentity.of("/proc/\(pid)/root" + other)
        let ours = FileIdentity.of(self.path)
        if let theirs { return theirs == ours ? .same : .other }
        // Removed for both: the name decides, if it means the same to both.
        guard ours == nil, other == self.path else { return .gone }
        return FileIdentity.of("/proc/\(pid)/root") == FileIdentity.of("/") ? .same : .gone
    }
}

/// What a file is, whatever it is called: its device and inode.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64

    init(device: UInt64, inode: UInt64) { (self.device, self.inode) = (device, inode) }

    /// The file at a path, links followed; nothing if there is none.
    static func of(_ path: String) -> FileIdentity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}

internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// The directory with the state of all workspaces, and the names in it.
///
/// ```
/// root/                 0700, owned by this user, no symbolic link
///   locks/ID.lock       one per workspace, never removed
///   workspaces/ID/      0700
///     journal           the record, 0600
///     life.lock         held by the living runtime
///     report.GENERATION what the runtime reported
///     runtime.log       its output: not state
/// ```
struct StateDirectory: Sendable, Hashable {
    let root: String

    var locks: String { self.root + "/locks" }
    var workspaces: String { self.root + "/workspaces" }

    func lockFile(_ id: WorkspaceID) -> String { "\(self.locks)/\(id).lock" }
    func workspace(_ id: WorkspaceID) -> String { "\(self.workspaces)/\(id)" }
    func journal(_ id: WorkspaceID) -> String { self.workspace(id) + "/journal" }
    func lifeLock(_ id: WorkspaceID) -> String { self.workspace(id) + "/life.lock" }
    func log(_ id: WorkspaceID) -> String { self.workspace(id) + "/runtime.log" }
    func report(_ id: WorkspaceID, _ generation: UInt64) -> String { "\(self.workspace(id))/report.\(generation)" }

    /// Makes the directories that all workspaces share; blocking.
    func prepareRoot() throws(LifecycleError) {
        try Self.makeParents(of: self.root)
        if mkdir(self.root, 0o700) == 0 {
            // The parent of the root does not belong to us, and we may not be able to read it.
            try? Self.sync(Self.parent(of: self.root))
        }
        for path in [self.root, self.locks, self.workspaces] { try Self.make(path) }
    }

    /// Makes the directory of one workspace; blocking.
    func prepare(_ id: WorkspaceID) throws(LifecycleError) {
        try Self.make(self.workspace(id))
    }

    /// Checks the directories on the way to a file, and makes none; blocking.
    ///
    /// - Returns: Whether all of them exist.
    func exists(_ id: WorkspaceID? = nil) throws(LifecycleError) -> Bool {
        for path in [self.root, self.workspaces] + (id.map { [self.workspace($0)] } ?? []) {
            do throws(LifecycleError) { try Self.check(path) } catch {
                guard error.systemError == ENOENT else { throw error }
                return false
            }
        }
        return true
    }

    /// Makes a private directory, or checks that an existing one is private.
    private static func make(_ path: String) throws(LifecycleError) {
        let isNew = mkdir(path, 0o700) == 0
        guard isNew || errno == EEXIST else { throw SystemError.storage("create the directory", path, errno) }
        try self.check(path)
        // The directory holds the generation counter, so a power failure must not remove it.
        #if RED_CONTROLS
        if RedControl.isActive(.newDirectoryNotSynced) { return }
        #endif
        if isNew { try self.sync(self.parent(of: path)) }
    }

    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    }

    /// Writes the names in a directory to disk (fsync); blocking.
    static func sync(_ path: String) throws(LifecycleError) {
        let number = open(path.isEmpty ? "/" : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemError.storage("open the directory", path, errno) }
        let descriptor = OwnedDescriptor(number)
        guard SystemCalls.current.fsync(descriptor.number) == 0 else {
            throw SystemError.storage("sync the directory", path, errno)
        }
    }

    /// Throws if a directory is a link, belongs to another user, or can be written by others.
    static func check(_ path: String) throws(LifecycleError) {
        let number = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw Self.openFailure(path, errno) }
        let directory = OwnedDescriptor(number)
        try FileOwnership.check(directory, path: path, forbiddenMode: 0o022)
    }

    /// Names the real reason: for a symbolic link, `open` with `O_DIRECTORY` says "not a directory".
    private static func openFailure(_ path: String, _ number: Int32) -> LifecycleError {
        var status = stat()
        let isLink = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
        return SystemError.storage("open the directory", path, isLink ? ELOOP : number)
    }

    /// Makes missing parents of the root, like `mkdir -p`; their permissions are not checked, because they are not
    /// ours.
    private static func makeParents(of path: String) throws(LifecycleError) {
        var prefix = ""
        for part in path.split(separator: "/").dropLast() {
            prefix += "/" + part
            if mkdir(prefix, 0o700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES {
                throw SystemError.storage("create the directory", prefix, errno)
            }
        }
    }
}

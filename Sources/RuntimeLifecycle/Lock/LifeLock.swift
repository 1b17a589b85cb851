internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// A lock that is held while any process of the runtime lives: held means alive.
///
/// The starter takes it and passes the descriptor to the runtime. When the starter closes its copy, only the runtime
/// holds the lock. The kernel releases it when the last holder has ended. So it is never stale, and does not depend on
/// process ids.
struct LifeLock: Sendable {
    let path: String

    /// Takes the lock for a new runtime; `nil` if something still lives; blocking.
    func take() throws(LifecycleError) -> OwnedDescriptor? {
        try self.lock(open(self.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600))
    }

    private func lock(_ number: Int32) throws(LifecycleError) -> OwnedDescriptor? {
        guard number >= 0 else { throw SystemError.storage("open the life lock", self.path, errno) }
        let descriptor = OwnedDescriptor(number)
        #if RED_CONTROLS
        if RedControl.isActive(.lifeLockOwnerNotChecked) { return try self.lock(descriptor) }
        #endif
        try FileOwnership.check(descriptor, path: self.path, forbiddenMode: 0o022)
        return try self.lock(descriptor)
    }

    private func lock(_ descriptor: consuming OwnedDescriptor) throws(LifecycleError) -> OwnedDescriptor? {
        #if RED_CONTROLS
        if RedControl.isActive(.lifeLockOff) { return descriptor }
        #endif
        if SystemCalls.current.flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        guard errno == EWOULDBLOCK else { throw SystemError.storage("lock", self.path, errno) }
        return nil
    }

    /// Whether something lives.
    ///
    /// Only the holder of the start lock may ask, because this takes the lock for a moment. If the directory of the
    /// file does not exist, nobody holds the lock.
    func isHeld() throws(LifecycleError) -> Bool {
        let number = LockFile.open(self.path)
        guard number >= 0 || errno != ENOENT else { return false }
        guard let taken = try self.lock(number) else { return true }
        // Unlock it, do not only close it: a stub that is being forked right now may have a copy of the descriptor for
        // a moment.
        #if RED_CONTROLS
        if RedControl.isActive(.lifeLockNotUnlocked) { return false }
        #endif
        _ = SystemCalls.current.flock(taken.number, LOCK_UN)
        return false
    }

    /// Whether a descriptor of this process holds the lock on the file.
    ///
    /// A process that only has the file open does not hold it, for example a backup, a `tail -f` or an indexer.
    static func isHeld(_ file: FileIdentity, by pid: Int32) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.openersAreHolders) { return !ProcessTable.descriptors(of: pid, on: file).isEmpty }
        #endif
        return ProcessTable.descriptors(of: pid, on: file).contains { ProcessTable.holdsLock(pid, descriptor: $0) }
    }
}

internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// The lock a runtime holds from before it exists until its last process is gone: held means alive.
///
/// The starter takes it and hands the descriptor down; closing the starter's copy leaves it with the runtime. The
/// kernel releases it with the last holder, so it can't be stale and no number can be mistaken for it.
struct LifeLock: Sendable {
    let path: String

    /// Takes the lock for a runtime about to be spawned, or gives nothing when something still lives; blocking.
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
    /// Only for those who hold the start lock: asking takes the lock for an instant. Where there is no directory for the file
    /// nobody holds it.
    func isHeld() throws(LifecycleError) -> Bool {
        let number = LockFile.open(self.path)
        guard number >= 0 || errno != ENOENT else { return false }
        guard let taken = try self.lock(number) else { return true }
        // Unlocked, not only closed: a stub being forked right now has a copy of the descriptor for an instant.
        #if RED_CONTROLS
        if RedControl.isActive(.lifeLockNotUnlocked) { return false }
        #endif
        _ = SystemCalls.current.flock(taken.number, LOCK_UN)
        return false
    }

    /// Whether a descriptor of this process holds the lock on the file.
    ///
    /// Who merely has the file open (a backup, a `tail -f`, an indexer) does not.
    static func isHeld(_ file: FileIdentity, by pid: Int32) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.openersAreHolders) { return !ProcessTable.descriptors(of: pid, on: file).isEmpty }
        #endif
        return ProcessTable.descriptors(of: pid, on: file).contains { ProcessTable.holdsLock(pid, descriptor: $0) }
    }
}

internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// The start lock of one workspace: one process at a time, by `flock`.
///
/// The kernel releases it when its holder ends in any way. We poll the lock, so a wait can be cancelled, has a
/// deadline, and can show the holder. The file is never removed: otherwise two processes could lock two different
/// files.
struct StartLock: Sendable {
    let path: String
    let clock: any LifecycleClock
    /// The time between two attempts.
    var pollInterval: Duration = .milliseconds(20)

    /// Waits for the lock.
    ///
    /// - Throws: ``LifecycleError`` with `lockTimeout`, which names the holder, or with the reason why the file can't
    ///   be opened; `CancellationError`.
    func acquire(for verb: LifecycleVerb, within limit: Duration) async throws -> Held {
        let deadline = self.clock.now + limit
        while true {
            if let held = try await self.attempt(verb) { return held }
            guard self.clock.now < deadline else { throw self.timeout(limit) }
            try await self.clock.sleep(until: min(deadline, self.clock.now + self.pollInterval))
        }
    }

    /// The holder that the file names; takes no lock.
    func holder() -> LockHolder? {
        let number = open(self.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { return nil }
        return OwnedDescriptor(number).readAll(limit: 4096).flatMap { LockHolder($0) }
    }

    private func attempt(_ verb: LifecycleVerb) async throws(LifecycleError) -> Held? {
        let number = try await BlockingThread.attempt { () throws(LifecycleError) -> Int32? in
            try self.lockedDescriptor(verb)
        }
        return number.map { Held(OwnedDescriptor($0)) }
    }

    private func lockedDescriptor(_ verb: LifecycleVerb) throws(LifecycleError) -> Int32? {
        let number = LockFile.open(self.path)
        guard number >= 0 else { throw SystemError.storage("open the lock file", self.path, errno) }
        let descriptor = OwnedDescriptor(number)
        try FileOwnership.check(descriptor, path: self.path, forbiddenMode: 0o022)
        #if RED_CONTROLS
        if RedControl.isActive(.startLockOff) { return try self.keep(descriptor, verb) }
        #endif
        if SystemCalls.current.flock(number, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw SystemError.storage("lock", self.path, errno) }
            return nil
        }
        return try self.keep(descriptor, verb)
    }

    private func keep(_ descriptor: borrowing OwnedDescriptor, _ verb: LifecycleVerb) throws(LifecycleError) -> Int32 {
        self.writeHolder(descriptor, verb)
        // The caller owns the duplicate. The lock belongs to the open file, so it stays.
        let duplicate = fcntl(descriptor.number, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { throw SystemError.storage("keep the lock file", self.path, errno) }
        return duplicate
    }

    /// Writes the holder, for people only; errors are ignored, because a full disk must not prevent a stop.
    private func writeHolder(_ descriptor: borrowing OwnedDescriptor, _ verb: LifecycleVerb) {
        let holder = LockHolder(
            process: ProcessTable.current,
            verb: verb.rawValue,
            sinceMilliseconds: SystemClock.wallMilliseconds
        )
        guard ftruncate(descriptor.number, 0) == 0, lseek(descriptor.number, 0, SEEK_SET) == 0 else { return }
        _ = descriptor.writeAll(Array(NameValueLines.make(holder.fields).utf8))
    }

    private func timeout(_ limit: Duration) -> LifecycleError {
        let who = self.holder().map { "process \($0.process.pid) (\($0.verb))" } ?? "another process"
        return LifecycleError(
            .lockTimeout,
            "\(who) held \(self.path) for \(limit). Wait for it, or end that process; do not remove the file."
        )
    }
}

extension StartLock {
    /// Proof that the start lock is held; destroying it releases the lock.
    struct Held: ~Copyable, Sendable {
        private let descriptor: OwnedDescriptor

        fileprivate init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }

        deinit {
            ftruncate(self.descriptor.number, 0)
            #if RED_CONTROLS
            if RedControl.isActive(.startLockNotUnlocked) { return }
            #endif
            // Closing is not enough: a stub that is being forked right now has a copy, until it closes its inherited
            // descriptors.
            _ = SystemCalls.current.flock(self.descriptor.number, LOCK_UN)
        }
    }
}

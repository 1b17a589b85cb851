internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// The record of one workspace on disk, replaced as a whole: after a crash there is the old one or the new one.
///
/// All calls block and belong on a ``BlockingThread``. Writing needs the start lock; reading needs nothing.
struct Journal: Sendable {
    let directory: StateDirectory
    let id: WorkspaceID
    /// Called between writing the temporary file and renaming it: a place to crash in tests.
    var afterTemporary: @Sendable () -> Void = {}

    var path: String { self.directory.journal(self.id) }
    private var temporary: String { self.path + ".tmp" }

    /// Reads the record.
    ///
    /// A file that is no record is a value, not an error; so is a missing one. One that is missing beside what only a
    /// recorded start leaves was lost, which is as bad as a corrupt one.
    func read() throws(LifecycleError) -> JournalContents {
        let number = open(self.path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else {
            if errno == ENOENT {
                #if RED_CONTROLS
                if RedControl.isActive(.lostRecordIsNone) { return .none }
                #endif
                return self.trace().map { .corrupt(reason: $0, floor: self.highestReport()) } ?? .none
            }
            throw SystemError.storage("open the journal", self.path, errno)
        }
        let descriptor = OwnedDescriptor(number)
        try FileOwnership.check(descriptor, path: self.path, forbiddenMode: 0o022)
        guard let bytes = descriptor.readAll(limit: JournalCodec.sizeLimit + 1) else {
            throw SystemError.storage("read the journal", self.path, errno)
        }
        switch JournalCodec.decode(bytes, id: self.id) {
        case .success(let record): return .record(RecordOrigin(directory: self.directory, id: self.id).judged(record))
        case .failure(let corruption):
            #if RED_CONTROLS
            if RedControl.isActive(.corruptRecordIsNone) { return .none }
            #endif
            return .corrupt(reason: corruption.reason, floor: self.highestReport())
        }
    }

    /// Replaces the record: temporary file, fsync, rename, fsync of the directory.
    func write(_ record: JournalRecord) throws(LifecycleError) {
        var record = record
        record.writtenMilliseconds = SystemClock.wallMilliseconds
        record.home = FileIdentity.of(self.directory.workspace(self.id))
        let bytes = JournalCodec.encode(record, id: self.id)
        // Before there is anything to stop: room for the record of its end.
        if record.phase == .starting && record.child == nil { try JournalReserve(self).keep(for: bytes.count) }
        do throws(LifecycleError) { try self.writeTemporary(bytes) } catch {
            guard record.phase.isEnd, error.isLackOfSpace, JournalReserve(self).use(bytes) else { throw error }
            self.afterTemporary()
            return try JournalReserve(self).exchange()
        }
        self.afterTemporary()
        guard SystemCalls.current.rename(self.temporary, self.path) == 0 else {
            let number = errno
            unlink(self.temporary)
            throw SystemError.storage("replace the journal", self.path, number)
        }
        #if RED_CONTROLS
        if RedControl.isActive(.journalRenameNotSynced) { return }
        #endif
        // Without it the rename itself may be lost with the power.
        try StateDirectory.sync(self.directory.workspace(self.id))
    }

    /// Sees that another record can be written, or will be once the log is emptied; leaves nothing.
    func checkRoom(for record: JournalRecord) throws(LifecycleError) {
        #if RED_CONTROLS
        if RedControl.isActive(.roomNotChecked) { return }
        #endif
        let bytes = JournalCodec.encode(record, id: self.id)
        let descriptor = try self.makeTemporary()
        let failure = descriptor.writeAll(bytes)
        unlink(self.temporary)
        guard let failure else { return }
        var log = stat()
        let isFound = lstat(self.directory.log(self.id), &log) == 0
        let held = isFound ? Int(log.st_blocks) * 512 : 0
        guard SystemError.lackOfSpace.contains(failure), held >= bytes.count + 4096 else {
            throw SystemError.storage("write", self.temporary, failure)
        }
    }

    /// Gives back the room that the output of an ended runtime takes.
    func emptyLog() throws(LifecycleError) {
        #if RED_CONTROLS
        if RedControl.isActive(.fullLogStays) { return }
        #endif
        let path = self.directory.log(self.id)
        let number = open(path, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError.storage("empty", path, errno) }
        _ = OwnedDescriptor(number)
    }

    /// Removes what a crash may have left beside the record; the log stays, it is not state.
    func removeLeftovers(keepingReportOf generation: UInt64?) throws(LifecycleError) {
        #if RED_CONTROLS
        if RedControl.isActive(.leftoversStay) { return }
        #endif
        try Self.remove(self.temporary)
        for (name, reported) in self.reports() where reported != generation {
            try Self.remove(self.directory.workspace(self.id) + "/" + name)
        }
    }

    /// Keeps a corrupt record for people to look at.
    ///
    /// A second name, not a move: the next write replaces the first
    /// one atomically, so at no instant is there no journal.
    func setAside() throws(LifecycleError) {
        let copy = self.path + ".corrupt"
        unlink(copy)
        guard link(self.path, copy) == 0 || errno == ENOENT else {
            throw SystemError.storage("set aside the corrupt journal", self.path, errno)
        }
    }

    /// Removes everything but the record and the lock files; the record keeps the generation counter.
    func removeAllButRecord() throws(LifecycleError) {
        try self.removeLeftovers(keepingReportOf: nil)
        let others = [self.directory.log(self.id), self.directory.lifeLock(self.id)]
        for path in [self.path + ".corrupt", JournalReserve(self).path] + others {
            try Self.remove(path)
        }
    }

    /// A file that isn't there is as good as removed.
    private static func remove(_ path: String) throws(LifecycleError) {
        var status = stat()
        // Looked for first: on a read-only disk removing fails also where there is nothing.
        guard lstat(path, &status) == 0 || errno != ENOENT else { return }
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError.storage("remove", path, errno) }
    }

    private func makeTemporary() throws(LifecycleError) -> OwnedDescriptor {
        // Nobody else writes here while we hold the start lock, so what lies there is of a dead writer.
        unlink(self.temporary)
        let number = open(self.temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError.storage("create", self.temporary, errno) }
        return OwnedDescriptor(number)
    }

    private func writeTemporary(_ bytes: [UInt8]) throws(LifecycleError) {
        let descriptor = try self.makeTemporary()
        #if RED_CONTROLS
        if RedControl.isActive(.journalNotSynced) { return _ = descriptor.writeAll(bytes) }
        #endif
        let failure = descriptor.writeAll(bytes) ?? (SystemCalls.current.fsync(descriptor.number) == 0 ? nil : errno)
        guard let failure else { return }
        unlink(self.temporary)
        throw SystemError.storage("write", self.temporary, failure)
    }

    /// What shows that there was a record once: nothing of it is made before the first record.
    private func trace() -> String? {
        let left = ProcessTable.names(in: self.directory.workspace(self.id)).filter {
            $0.hasPrefix("report.") || $0 == "runtime.log" || $0 == "journal.corrupt"
        }
        return left.isEmpty ? nil : "it is gone, though \(left.sorted().joined(separator: ", ")) is there"
    }

    private func reports() -> [(String, UInt64)] {
        ProcessTable.names(in: self.directory.workspace(self.id)).compactMap { name in
            guard name.hasPrefix("report."), let generation = UInt64(name.dropFirst("report.".count)) else {
                return nil
            }
            return (name, generation)
        }
    }

    private func highestReport() -> UInt64 {
        self.reports().map(\.1).filter { $0 < JournalRecord.highestGeneration - 1 }.max() ?? 0
    }
}

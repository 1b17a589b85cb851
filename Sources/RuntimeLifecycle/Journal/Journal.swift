internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// The file with the record of one workspace; it is replaced as a whole, so a crash leaves the old record or the new
/// one.
///
/// All calls block and belong on a ``BlockingThread``. Writing needs the start lock; reading needs nothing.
struct Journal: Sendable {
    let directory: StateDirectory
    let id: WorkspaceID
    /// Called after the temporary file is written and before it is renamed; tests crash here.
    var afterTemporary: @Sendable () -> Void = {}

    var path: String { self.directory.journal(self.id) }
    private var temporary: String { self.path + ".tmp" }

    /// Reads the record.
    ///
    /// A file that is not a record, and a missing file, give a value and not an error. A journal is lost if it is
    /// missing but the other files of a recorded start exist. That is as bad as a corrupt one.
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
        // Before there is a process to stop: keep room on disk for the record of its end.
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
        // Without this fsync, a power failure could undo the rename.
        try StateDirectory.sync(self.directory.workspace(self.id))
    }

    /// Checks that the record can be written, now or after the log is emptied; it leaves no file.
    func checkRoom(for record: JournalRecord) throws(LifecycleError) {
        #if RED_CONTROLS
        if RedControl.isActive(.roomNotChecked) { return }
        #endif
        let bytes = JournalCodec.encode(record, id: self.id)
        let descriptor = try self.makeTemporary()
        // A start needs the record and, before it, the reserve for its end.
        let needed = JournalReserve.size(for: bytes.count) + (bytes.count + 4095) / 4096 * 4096
        let failure = descriptor.writeAll(bytes) ?? Self.lackOfRoom(for: needed, in: descriptor)
        unlink(self.temporary)
        guard let failure else { return }
        var log = stat()
        let isFound = lstat(self.directory.log(self.id), &log) == 0
        let held = isFound ? Int(log.st_blocks) * 512 : 0
        guard SystemError.lackOfSpace.contains(failure), held >= needed else {
            throw SystemError.storage("write", self.temporary, failure)
        }
    }

    /// Whether there is no room for so many bytes; a file system that can't reserve blocks never says so.
    private static func lackOfRoom(for count: Int, in descriptor: borrowing OwnedDescriptor) -> Int32? {
        let failure = posix_fallocate(descriptor.number, 0, off_t(count))
        return SystemError.lackOfSpace.contains(failure) ? failure : nil
    }

    /// Empties the log of an ended runtime, to free its disk space.
    func emptyLog() throws(LifecycleError) {
        #if RED_CONTROLS
        if RedControl.isActive(.fullLogStays) { return }
        #endif
        let path = self.directory.log(self.id)
        let number = open(path, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemError.storage("empty", path, errno) }
        _ = OwnedDescriptor(number)
    }

    /// Removes files that a crash may have left beside the record; it keeps the log, which is not state.
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
    /// It makes a second name and does not move the file. The next write replaces the first name atomically, so a
    /// journal always exists.
    func setAside() throws(LifecycleError) {
        let copy = self.path + ".corrupt"
        unlink(copy)
        guard link(self.path, copy) == 0 || errno == ENOENT else {
            throw SystemError.storage("set aside the corrupt journal", self.path, errno)
        }
    }

    /// Removes everything except the record and the lock files; the record keeps the generation counter.
    func removeAllButRecord() throws(LifecycleError) {
        try self.removeLeftovers(keepingReportOf: nil)
        let others = [self.directory.log(self.id), self.directory.lifeLock(self.id)]
        for path in [self.path + ".corrupt", JournalReserve(self).path] + others {
            try Self.remove(path)
        }
    }

    /// Removes a file; a missing file is not an error.
    private static func remove(_ path: String) throws(LifecycleError) {
        var status = stat()
        // On a read-only disk, `unlink` fails even for a missing file. So we look first.
        guard lstat(path, &status) == 0 || errno != ENOENT else { return }
        guard unlink(path) == 0 || errno == ENOENT else { throw SystemError.storage("remove", path, errno) }
    }

    private func makeTemporary() throws(LifecycleError) -> OwnedDescriptor {
        // Nobody else writes here while we hold the start lock. So an old temporary file comes from a writer that
        // crashed.
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

    /// Evidence that there was a record: none of these files is made before the first record.
    private func trace() -> String? {
        let left = ProcessTable.names(in: self.directory.workspace(self.id)).filter {
            $0.hasPrefix("report.") || $0 == "runtime.log" || $0 == "journal.corrupt"
        }
        return left.isEmpty ? nil : "it is missing, but these files exist: \(left.sorted().joined(separator: ", "))"
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

/// The result of reading a journal.
enum JournalContents: Hashable, Sendable {
    /// No record: the workspace was never created.
    case none
    /// A complete record.
    case record(JournalRecord)
    /// A file that is not a record; the next start uses a generation above `floor`, the highest number in the file
    /// names.
    case corrupt(reason: String, floor: UInt64)
}

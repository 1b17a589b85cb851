internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Room on disk that is kept for the record of an end, so that a runtime that fills the disk can be stopped; blocking.
///
/// A file beside the record whose blocks are allocated. It is written in place, which needs no more room, and then swaps
/// its name with the record: the old record is the reserve from there on. Only ends are written this way: a start on a
/// full disk is to be refused.
struct JournalReserve: Sendable {
    let path: String
    private let journal: Journal

    /// What a record may grow by until its end is written: a reason, a longer phase.
    private static let slack = 4096

    init(_ journal: Journal) { (self.path, self.journal) = (journal.path + ".reserve", journal) }

    /// Makes the reserve, or makes it larger; what can't be reserved is an error, and nothing was started.
    func keep(for count: Int) throws(LifecycleError) {
        let number = open(self.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError.storage("create", self.path, errno) }
        let descriptor = OwnedDescriptor(number)
        let blocks = (count + Self.slack + 4095) / 4096
        let failure = posix_fallocate(descriptor.number, 0, off_t(blocks * 4096))
        // A file system that can't promise keeps the file all the same: rewriting it usually needs nothing new.
        guard SystemError.lackOfSpace.contains(failure) else { return }
        unlink(self.path)
        throw SystemError.storage("keep room in", self.path, failure)
    }

    /// Writes a record into the reserve.
    ///
    /// - Returns: Whether it is there, as durable as a temporary file.
    func use(_ bytes: [UInt8]) -> Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.reserveNotUsed) { return false }
        #endif
        let number = open(self.path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { return false }
        let descriptor = OwnedDescriptor(number)
        return descriptor.writeAll(bytes) == nil && ftruncate(number, off_t(bytes.count)) == 0
            && SystemCalls.current.fsync(number) == 0
    }

    /// Puts the reserve in the place of the record.
    func exchange() throws(LifecycleError) {
        let calls = SystemCalls.current
        guard
            calls.exchange(self.path, self.journal.path) == 0 || calls.rename(self.path, self.journal.path) == 0
        else {
            throw SystemError.storage("replace the journal", self.journal.path, errno)
        }
        try StateDirectory.sync(self.journal.directory.workspace(self.journal.id))
    }
}

internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Disk space that is kept for the record of an end, so that a runtime can be stopped on a full disk; blocking.
///
/// It is a file beside the record whose blocks are allocated. The new record is written into it in place, which needs
/// no more space. Then the file swaps its name with the record, and the old record is the reserve. Only ends are
/// written in this way: a start on a full disk must fail.
struct JournalReserve: Sendable {
    let path: String
    private let journal: Journal

    /// How much a record may grow until its end is written, for example by a reason or a longer phase.
    private static let slack = 4096

    init(_ journal: Journal) { (self.path, self.journal) = (journal.path + ".reserve", journal) }

    /// The size of the reserve for a record of `count` bytes, in whole blocks.
    static func size(for count: Int) -> Int { (count + Self.slack + 4095) / 4096 * 4096 }

    /// Makes the reserve, or makes it larger; throws if there is not enough space, and then nothing was started.
    func keep(for count: Int) throws(LifecycleError) {
        let number = open(self.path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemError.storage("create", self.path, errno) }
        let descriptor = OwnedDescriptor(number)
        let failure = posix_fallocate(descriptor.number, 0, off_t(Self.size(for: count)))
        // If the file system can't reserve blocks, the file stays: rewriting it usually needs no new blocks.
        guard SystemError.lackOfSpace.contains(failure) else { return }
        unlink(self.path)
        throw SystemError.storage("keep room in", self.path, failure)
    }

    /// Writes a record into the reserve.
    ///
    /// - Returns: Whether that succeeded; then the record is as durable as in a temporary file.
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

    /// Replaces the record by the reserve.
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

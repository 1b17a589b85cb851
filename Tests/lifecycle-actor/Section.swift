import Glibc
import Synchronization

/// Checks, outside of the tested module, that only one process at a time holds the start lock.
///
/// The file is locked while the section lasts. A process that finds it locked records that.
final class Section: Sendable {
    private let path: String?
    private let descriptor = Mutex<Int32>(-1)

    init(_ path: String?) { self.path = path }

    func enter() {
        guard let path = self.path else { return }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let isAlone = flock(file, LOCK_EX | LOCK_NB) == 0
        self.descriptor.withLock { $0 = file }
        let log = open(path + ".log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let bytes = Array((isAlone ? "alone\n" : "OVERLAP\n").utf8)
        _ = bytes.withUnsafeBytes { write(log, $0.baseAddress, $0.count) }
        close(log)
    }

    /// Called before the start lock is released, so that the next holder never finds the file locked by us.
    func leave() {
        self.descriptor.withLock { file in
            if file >= 0 { close(file) }
            file = -1
        }
    }
}

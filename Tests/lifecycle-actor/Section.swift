import Glibc
import Synchronization

/// Watches, from outside the module, that one process at a time is between taking and releasing the start lock.
///
/// The file is locked for as long as the section lasts; whoever finds it locked writes that down.
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

    /// Called before the lock is released, so a next holder never meets our own lock.
    func leave() {
        self.descriptor.withLock { file in
            if file >= 0 { close(file) }
            file = -1
        }
    }
}

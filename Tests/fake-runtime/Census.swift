import Glibc

/// Counts live runtimes outside of the tested module, exactly and at every moment.
///
/// Each runtime locks the census file while it lives. The kernel releases the lock when the runtime has ended. So a
/// runtime that finds the file locked has proof that another one lives, and records that.
enum Census {
    static func enter(_ path: String?) {
        guard let path else { return }
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let isAlone = flock(file, LOCK_EX | LOCK_NB) == 0
        let line = "\(isAlone ? "alone" : "OVERLAP") pid=\(getpid()) generation=\(Environment.generation)\n"
        let log = open(path + ".log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        let bytes = Array(line.utf8)
        _ = bytes.withUnsafeBytes { write(log, $0.baseAddress, $0.count) }
        close(log)
    }
}

import Glibc

/// Counts live runtimes from outside the module under test, exactly and at every instant.
///
/// Each runtime locks the census file for its whole life. The kernel lets go when it is dead, so a runtime that finds
/// the file locked has proof that another one lives, and writes that down.
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

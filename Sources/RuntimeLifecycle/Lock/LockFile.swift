internal import Glibc

/// Opens files that are used only for locking.
enum LockFile {
    /// Opens the file, and makes it if it does not exist; -1 with `errno` if that fails.
    ///
    /// On a disk that has become read-only, an existing file is enough: it must be possible to stop a runtime there.
    static func open(_ path: String) -> Int32 {
        let number = Glibc.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number < 0, errno == EROFS else { return number }
        let reading = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        // If the file does not exist, the first error is the real one.
        if reading < 0 && errno == ENOENT { errno = EROFS }
        return reading
    }
}

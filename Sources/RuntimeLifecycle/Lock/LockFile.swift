internal import Glibc

/// Opens files that are locked and not read.
enum LockFile {
    /// Opens the file, and makes it if it is absent; -1 with `errno` if it can't.
    ///
    /// On a disk that has become read-only an existing one is good enough: what runs there must be possible to stop.
    static func open(_ path: String) -> Int32 {
        let number = Glibc.open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number < 0, errno == EROFS else { return number }
        let reading = Glibc.open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        // Of an absent file the first reason is the true one.
        if reading < 0 && errno == ENOENT { errno = EROFS }
        return reading
    }
}

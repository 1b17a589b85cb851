#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What is behind a descriptor, as far as writing differs.
enum DescriptorKind: Sendable, Hashable {
    /// A file, the null device, or something that can't be written: no reader, and nobody to wait for.
    case file
    case pipe
    case socket
    case terminal

    init(of descriptor: CInt) {
        var status = stat()
        let flags = fcntl(descriptor, F_GETFL)
        // The reading end of a pipe has no reader that could leave.
        guard flags >= 0, flags & O_ACCMODE != O_RDONLY, fstat(descriptor, &status) == 0 else {
            self = .file
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = isatty(descriptor) == 1 ? .terminal : .file
        default: self = .file
        }
    }

    /// Whether somebody reads who can leave.
    var hasReader: Bool { self != .file }

    /// Whether opening it once more gives it flags of its own.
    var isReopened: Bool { self == .pipe || self == .terminal }
}

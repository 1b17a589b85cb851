#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The kind of a descriptor, as far as it matters for writing.
enum DescriptorKind: Sendable, Hashable {
    /// A file, the null device, or a descriptor that can't be written: it has no reader to wait for.
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

    /// Whether there is a reader that can leave.
    var hasReader: Bool { self != .file }

    /// Whether we open it again to get separate flags.
    var isReopened: Bool { self == .pipe || self == .terminal }
}

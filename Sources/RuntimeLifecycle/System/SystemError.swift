internal import Glibc

/// Makes a ``LifecycleError`` of an error number; it names the path and says what to do.
enum SystemError {
    /// The system's text for an error number.
    static func text(_ number: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        return buffer.withUnsafeMutableBufferPointer { room in
            guard let base = room.baseAddress, strerror_r(number, base, room.count) == 0 else {
                return "error \(number)"
            }
            return String(cString: base)
        }
    }

    /// Describes a failed operation on a file or directory.
    static func storage(
        _ operation: String,
        _ path: String,
        _ number: Int32,
        file: String = #fileID,
        line: Int = #line
    ) -> LifecycleError {
        LifecycleError(
            self.code(number),
            "Cannot \(operation) \(path): \(self.text(number)). \(self.remedy(number))",
            systemError: number,
            file: file,
            line: line
        )
    }

    /// The error numbers for a full disk, quota or limit.
    static let lackOfSpace: Set<Int32> = [ENOSPC, EDQUOT, EFBIG]

    private static func code(_ number: Int32) -> LifecycleError.Code {
        number == ELOOP ? .symbolicLink : .storage
    }

    private static func remedy(_ number: Int32) -> String {
        switch number {
        case ENOSPC, EDQUOT, EFBIG: "Free space (or raise the limit) and try again; the earlier record is unchanged."
        case EROFS: "Use a state directory on a writable file system."
        case EBUSY: "Something is mounted there; unmount it, or choose another state directory."
        case EACCES, EPERM: "Make it readable and writable for this user, or choose another state directory."
        case ELOOP: "Replace the symbolic link by a real file or directory; links are not followed here."
        case ENOTDIR, EISDIR, EEXIST: "This path exists, but is of another kind (file or directory); move it away."
        case EMFILE, ENFILE: "Raise the limit of open files and try again."
        default: "Check the state directory and try again."
        }
    }
}

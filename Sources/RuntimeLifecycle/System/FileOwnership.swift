internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// Checks that an open file or directory is this user's own.
enum FileOwnership {
    /// Refuses another owner, and permission bits that must not be set.
    static func check(
        _ descriptor: borrowing OwnedDescriptor,
        path: String,
        forbiddenMode: mode_t
    ) throws(LifecycleError) {
        #if RED_CONTROLS
        if RedControl.isActive(.ownershipNotChecked) { return }
        #endif
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { throw SystemError.storage("examine", path, errno) }
        guard status.st_uid == geteuid() else {
            throw LifecycleError(
                .ownership,
                """
                \(path) belongs to user \(status.st_uid), not to this user (\(geteuid())). \
                Choose a state directory of your own, or have its owner remove it.
                """
            )
        }
        guard status.st_mode & forbiddenMode == 0 else {
            throw LifecycleError(
                .ownership,
                "\(path) has mode \(String(status.st_mode & 0o7777, radix: 8)): others could change it. Choose a "
                    + "directory that only you use, or, if this is one, take away their permission with `chmod go-w`."
            )
        }
    }
}

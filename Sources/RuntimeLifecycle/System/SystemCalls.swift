internal import CWorkspaceLaunch
internal import Glibc

/// The system calls that the guarantees of this module depend on, such as `fsync`, locks and signals.
///
/// Tests replace them by recording ones, for a task and all its child tasks. Without a power failure, no other test can
/// see that an `fsync` is missing.
struct SystemCalls: Sendable {
    var write: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = { Glibc.write($0, $1, $2) }
    var fsync: @Sendable (Int32) -> Int32 = { Glibc.fsync($0) }
    var rename: @Sendable (String, String) -> Int32 = { Glibc.rename($0, $1) }
    /// Exchanges the names of two existing files.
    var exchange: @Sendable (String, String) -> Int32 = { wl_exchange($0, $1) }
    var flock: @Sendable (Int32, Int32) -> Int32 = { lockFile($0, $1) }
    var spawn: @Sendable (UnsafePointer<wl_request>, UnsafeMutablePointer<wl_stub>) -> Int32 = { wl_spawn($0, $1) }
    var commit: @Sendable (Int32) -> Int32 = { wl_commit($0) }
    /// Takes a pidfd, a signal, and whether the signal is for the whole group.
    var signal: @Sendable (Int32, Int32, Bool) -> Int32 = { wl_pidfd_signal($0, $1, $2 ? 1 : 0) }

    /// The system calls of the current task.
    @TaskLocal static var current = SystemCalls()
}

/// Calls `flock`, which is also the name of a type and of a member above.
private func lockFile(_ number: Int32, _ operation: Int32) -> Int32 { flock(number, operation) }

internal import CWorkspaceLaunch
internal import Glibc

/// The system calls that the promises of this module rest on: what is on disk before something is done, who is
/// locked out, who is signalled.
///
/// Tests put recording ones in their place, for a task and all that it starts: an `fsync` that is missing has no other
/// effect that anyone could see without cutting the power.
struct SystemCalls: Sendable {
    var write: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = { Glibc.write($0, $1, $2) }
    var fsync: @Sendable (Int32) -> Int32 = { Glibc.fsync($0) }
    var rename: @Sendable (String, String) -> Int32 = { Glibc.rename($0, $1) }
    /// Swaps the names of two files, both of which are there.
    var exchange: @Sendable (String, String) -> Int32 = { wl_exchange($0, $1) }
    var flock: @Sendable (Int32, Int32) -> Int32 = { lockFile($0, $1) }
    var spawn: @Sendable (UnsafePointer<wl_request>, UnsafeMutablePointer<wl_stub>) -> Int32 = { wl_spawn($0, $1) }
    var commit: @Sendable (Int32) -> Int32 = { wl_commit($0) }
    /// Takes a pidfd, a signal and whether it is for the whole group.
    var signal: @Sendable (Int32, Int32, Bool) -> Int32 = { wl_pidfd_signal($0, $1, $2 ? 1 : 0) }

    /// Those of this task.
    @TaskLocal static var current = SystemCalls()
}

/// `flock`, which is also the name of a type and of a member above.
private func lockFile(_ number: Int32, _ operation: Int32) -> Int32 { flock(number, operation) }

internal import Glibc

/// Identifies one process for good: its process id, when it started, and in which boot of the machine.
///
/// Process ids are reused, so nothing is ever signalled by a process id only.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process id.
    public let pid: Int32
    /// When it started, in clock ticks since boot (`/proc/PID/stat`, field 22).
    public let startTicks: UInt64
    /// The boot in which it started (`/proc/sys/kernel/random/boot_id`).
    public let bootID: String

    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        (self.pid, self.startTicks, self.bootID) = (pid, startTicks, bootID)
    }
}

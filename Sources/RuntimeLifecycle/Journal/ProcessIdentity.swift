internal import Glibc

/// Names one process for good: its number, when it started and in which boot of the machine.
///
/// A process number alone is reused; nothing is ever signalled by it.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process number.
    public let pid: Int32
    /// When it started, in clock ticks since boot (`/proc/PID/stat`, field 22).
    public let startTicks: UInt64
    /// The boot it belongs to (`/proc/sys/kernel/random/boot_id`).
    public let bootID: String

    package init(pid: Int32, startTicks: UInt64, bootID: String) {
        (self.pid, self.startTicks, self.bootID) = (pid, startTicks, bootID)
    }
}

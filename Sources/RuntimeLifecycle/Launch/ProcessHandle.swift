internal import CWorkspaceLaunch
internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// A certain hold on one process: a pidfd opened and then checked against start time and boot.
///
/// Once checked, the descriptor means this process and no other, so a signal through it can't hit a reused number.
struct ProcessHandle: ~Copyable, Sendable {
    let identity: ProcessIdentity
    private let descriptor: OwnedDescriptor

    /// Opens the process; nothing if it has ended or the number belongs to another one now.
    static func open(_ identity: ProcessIdentity) -> ProcessHandle? {
        guard identity.bootID == ProcessTable.bootID else { return nil }
        let number = wl_pidfd_open(identity.pid)
        guard number >= 0 else { return nil }
        let handle = ProcessHandle(identity: identity, descriptor: OwnedDescriptor(number))
        // A `/proc` of another process namespace numbers processes otherwise: then the descriptor is somebody else.
        guard ProcessTable.number(of: number) == identity.pid, ProcessTable.isAlive(identity) else { return nil }
        return handle
    }

    /// Signals the process, or its whole group, checking who it is immediately before.
    ///
    /// Kernels before 6.9 can't signal a group through a pidfd; there the members are found and signalled one by one.
    borrowing func signal(_ signal: Int32, group: Bool = false) {
        guard ProcessTable.isAlive(self.identity) else { return }
        #if RED_CONTROLS
        let group = group && !RedControl.isActive(.groupKillOfOne)
        #endif
        let send = SystemCalls.current.signal
        if send(self.descriptor.number, signal, group) != 0 && errno == EINVAL && group {
            _ = send(self.descriptor.number, signal, false)
        }
    }

    /// Waits until the process has ended.
    ///
    /// - Returns: Whether it has.
    borrowing func waitForEnd(until deadline: Duration) async -> Bool {
        let number = self.descriptor.number
        return await DescriptorWatcher.shared.wait(for: .readable, on: number, until: deadline) == .ready
    }
}

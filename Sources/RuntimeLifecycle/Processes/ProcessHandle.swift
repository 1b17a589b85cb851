internal import CWorkspaceLaunch
internal import Glibc

#if RED_CONTROLS
internal import RedControls
#endif

/// A safe reference to one process: a pidfd that was checked against start time and boot after it was opened.
///
/// After the check, the descriptor always names this process. So a signal through it can't reach another process with
/// the same number.
struct ProcessHandle: ~Copyable, Sendable {
    let identity: ProcessIdentity
    private let descriptor: OwnedDescriptor

    /// Opens the process; `nil` if it has ended or another process has its number now.
    static func open(_ identity: ProcessIdentity) -> ProcessHandle? {
        guard identity.bootID == ProcessTable.bootID else { return nil }
        let number = wl_pidfd_open(identity.pid)
        guard number >= 0 else { return nil }
        let handle = ProcessHandle(identity: identity, descriptor: OwnedDescriptor(number))
        // The `/proc` of another process namespace has other numbers. Then the descriptor names another process.
        guard ProcessTable.number(of: number) == identity.pid, ProcessTable.isAlive(identity) else { return nil }
        return handle
    }

    /// Signals the process, or its whole group; checks immediately before that it is still the same process.
    ///
    /// Kernels before 6.9 can't signal a group through a pidfd. There we find the members and signal them one by one.
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
    /// - Returns: Whether it has ended.
    borrowing func waitForEnd(until deadline: Duration) async -> Bool {
        let number = self.descriptor.number
        return await DescriptorWatcher.shared.wait(on: number, until: deadline) == .ready
    }
}

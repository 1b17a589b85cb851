internal import CWorkspaceLaunch
internal import Glibc

/// A forked process that has not become the runtime yet.
///
/// If it is destroyed without a commit, the process ends.
struct RuntimeStub: ~Copyable, Sendable {
    let identity: ProcessIdentity
    /// Knows its end after it was reaped.
    let reaper: ChildReaper
    private let commitPipe: OwnedDescriptor

    init(pid: Int32, pidfd: Int32, commit: Int32) {
        // Nothing reaps it before the watcher is told to, so `/proc` still has it.
        self.identity =
            ProcessTable.identity(of: pid) ?? ProcessIdentity(pid: pid, startTicks: 0, bootID: ProcessTable.bootID)
        self.reaper = ChildReaper()
        self.commitPipe = OwnedDescriptor(commit)
        self.reaper.reap(pidfd)
    }

    /// Lets the stub exec.
    ///
    /// From now on it lives even if its starter ends.
    consuming func commit() throws(LifecycleError) {
        guard SystemCalls.current.commit(self.commitPipe.number) == 0 else {
            throw LifecycleError(
                .runtimeExited,
                "Process \(self.identity.pid) ended before it was told to run: \(SystemError.text(errno))."
            )
        }
    }
}

internal import CWorkspaceLaunch
internal import Glibc

/// A forked process that has not become the runtime yet.
///
/// If it is destroyed without a commit, the process ends.
struct RuntimeStub: ~Copyable, Sendable {
    let identity: ProcessIdentity
    /// Its end, known after it was reaped.
    let ending: ProcessEnding
    private let commitPipe: OwnedDescriptor

    init(pid: Int32, pidfd: Int32, commit: Int32) {
        // Nothing reaps it before the watcher is told to, so `/proc` still has it.
        self.identity =
            ProcessTable.identity(of: pid) ?? ProcessIdentity(pid: pid, startTicks: 0, bootID: ProcessTable.bootID)
        self.ending = ProcessEnding()
        self.commitPipe = OwnedDescriptor(commit)
        self.ending.reap(pidfd)
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

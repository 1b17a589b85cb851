import Glibc

@testable import RuntimeLifecycle

/// Actions of tests on other processes.
enum Processes {
    /// Kills a process and waits until it has ended.
    static func kill(_ identity: ProcessIdentity) {
        Glibc.kill(identity.pid, SIGKILL)
        while ProcessTable.isAlive(identity) { usleep(500) }
    }
}

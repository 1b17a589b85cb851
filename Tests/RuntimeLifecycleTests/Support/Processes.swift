import Glibc

@testable import RuntimeLifecycle

/// What tests do to processes from outside.
enum Processes {
    /// Kills a process and waits until it is gone.
    static func kill(_ identity: ProcessIdentity) {
        Glibc.kill(identity.pid, SIGKILL)
        while ProcessTable.isAlive(identity) { usleep(500) }
    }
}

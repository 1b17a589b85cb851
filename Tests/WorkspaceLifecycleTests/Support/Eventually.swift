import Glibc

@testable import WorkspaceLifecycle

/// Looks again and again until a condition holds; gives up after 20 seconds. For what tells nobody when it is so.
func eventually(_ condition: () -> Bool) async -> Bool {
    let deadline = SystemClock.now + .seconds(20)
    while !condition() {
        guard SystemClock.now < deadline else { return false }
        await BlockingThread.run { _ = usleep(200) }
    }
    return true
}

import ConcurrencyPrimitives
import NIOCore
import NIOPosix

/// Resumes tasks that run on other threads: all of one turn of an event loop together, at its end.
///
/// To wake a thread costs two system calls and a change of thread, for a task that then does little. To give more work
/// to a thread that is awake costs neither. Example: a hundred quiet streams get an event now and then. The streams
/// that are readable in one turn wake one thread together, not one thread each. So a task waits until the event loop
/// has read the other streams, at most ``mostAtOnce``.
// Sendable: used only on the thread of its event loop.
final class LateWakes: @unchecked Sendable {
    typealias Waiter = UnsafeContinuation<MailboxWake, Never>

    /// If this many tasks wait, they are resumed at once: other processors may be idle.
    private static let mostAtOnce = 16

    private static let ofThread = ThreadSpecificVariable<LateWakes>()

    private let eventLoop: any EventLoop
    @exclusivity(unchecked) private var waiters: [Waiter] = []

    private init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// The object of an event loop; called on its thread, and freed with that thread.
    static func on(_ eventLoop: any EventLoop) -> LateWakes {
        eventLoop.preconditionInEventLoop()
        if let wakes = self.ofThread.currentValue { return wakes }
        let wakes = LateWakes(eventLoop: eventLoop)
        self.ofThread.currentValue = wakes
        return wakes
    }

    /// Resumes a task before the event loop next waits.
    func add(_ waiter: Waiter) {
        self.waiters.append(waiter)
        if self.waiters.count == 1 {
            self.eventLoop.execute { self.resumeAll() }
        } else if self.waiters.count == Self.mostAtOnce {
            self.resumeAll()
        }
    }

    private func resumeAll() {
        // No resumed task runs here, so no task is added during the loop.
        for waiter in self.waiters { waiter.resume(returning: .more) }
        self.waiters.removeAll(keepingCapacity: true)
    }
}

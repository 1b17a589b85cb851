import ConcurrencyPrimitives
import NIOCore
import NIOPosix

/// Resumes tasks that run on other threads: those of one turn of an event loop together, at its end.
///
/// To wake a thread is two system calls and a change of thread, for a task that then does little; to hand it more while
/// it is awake is neither. So of a hundred quiet streams, each of which gets an event now and then, those that the event
/// loop finds readable at once wake one thread, and not each its own. It costs a task that waits the time in which the
/// event loop reads the other ones, at most ``mostAtOnce``.
// Sendable: used on the thread of its event loop only.
final class LateWakes: @unchecked Sendable {
    typealias Waiter = UnsafeContinuation<MailboxWake, Never>

    /// So many are not kept waiting for more: other processors may be idle.
    private static let mostAtOnce = 16

    private static let ofThread = ThreadSpecificVariable<LateWakes>()

    private let eventLoop: any EventLoop
    @exclusivity(unchecked) private var waiters: [Waiter] = []

    private init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// Those of an event loop; on its thread, with which they go away.
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
        // Nothing that is resumed runs here, so nothing is added meanwhile.
        for waiter in self.waiters { waiter.resume(returning: .more) }
        self.waiters.removeAll(keepingCapacity: true)
    }
}

internal import CWorkspaceLaunch
import ConcurrencyPrimitives
internal import Glibc

/// The end of a child of this process: reaps it, whenever that is, and tells its exit code.
final class ProcessEnding: Sendable {
    /// An exit code, or the negative number of the signal; `nil` when somebody else reaped it.
    typealias Code = Int32?

    private enum State {
        case running([@Sendable (Code) -> Void])
        case ended(Code)
    }

    private let state = Locked(State.running([]))

    /// Reaps the child when it ends and closes `pidfd`.
    func reap(_ pidfd: Int32) {
        DescriptorWatcher.shared.notify(when: .readable, on: pidfd) { _ in
            var code: Int32 = 0
            let isReaped = wl_reap(pidfd, &code) == 1
            close(pidfd)
            self.ended(isReaped ? code : nil)
        }
    }

    /// Calls `handler` once, at the end or at once if it was before.
    func whenEnded(_ handler: @escaping @Sendable (Code) -> Void) {
        let code = self.state.withLock { state -> Code? in
            if case .ended(let code) = state { return .some(code) }
            if case .running(let handlers) = state { state = .running(handlers + [handler]) }
            return nil
        }
        if let code { handler(code) }
    }

    /// Waits for the exit code of a process that has ended or is about to.
    ///
    /// - Parameter limit: What not to exceed should it live after all, or should we be unable to tell.
    /// - Returns: The code; `nil` as well when the limit has passed.
    func code(within limit: Duration) async -> Code {
        await BlockingThread.run {
            let deadline = SystemClock.now + limit
            while SystemClock.now < deadline {
                if let code = self.known { return code }
                usleep(500)
            }
            return nil
        }
    }

    /// The code if the end is known.
    private var known: Code? {
        self.state.withLock { state in
            if case .ended(let code) = state { .some(code) } else { nil }
        }
    }

    private func ended(_ code: Code) {
        let handlers = self.state.withLock { state -> [@Sendable (Code) -> Void] in
            guard case .running(let handlers) = state else { return [] }
            state = .ended(code)
            return handlers
        }
        for handler in handlers { handler(code) }
    }
}

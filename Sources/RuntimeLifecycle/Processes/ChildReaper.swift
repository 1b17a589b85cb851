internal import CWorkspaceLaunch
import ConcurrencyPrimitives
internal import Glibc

/// The end of a child of this process: reaps the child when it ends and gives its exit code.
final class ChildReaper: Sendable {
    /// An exit code, or the negative number of the signal; `nil` if something else has reaped the child.
    typealias Code = Int32?

    private enum State {
        case running([@Sendable (Code) -> Void])
        case ended(Code)
    }

    private let state = Locked(State.running([]))

    /// Reaps the child when it ends and closes `pidfd`.
    func reap(_ pidfd: Int32) {
        DescriptorWatcher.shared.notify(on: pidfd) { _ in
            var code: Int32 = 0
            let isReaped = wl_reap(pidfd, &code) == 1
            close(pidfd)
            self.ended(isReaped ? code : nil)
        }
    }

    /// Calls `handler` once: when the process ends, or at once if it has already ended.
    func whenEnded(_ handler: @escaping @Sendable (Code) -> Void) {
        let code = self.state.withLock { state -> Code? in
            if case .ended(let code) = state { return .some(code) }
            if case .running(let handlers) = state { state = .running(handlers + [handler]) }
            return nil
        }
        if let code { handler(code) }
    }

    /// Waits for the exit code of a process that has ended or will end soon.
    ///
    /// - Parameter limit: The longest wait, in case the process lives on or can't be observed.
    /// - Returns: The code; `nil` also after the limit.
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

    /// The code, if the end is known.
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

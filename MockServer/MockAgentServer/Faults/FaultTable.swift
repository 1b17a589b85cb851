import ConcurrencyPrimitives

/// Counts the requests, and says which one is answered wrongly.
final class FaultTable: Sendable {
    private struct State {
        var faults: [AnswerFault]
        /// The number of requests of each name.
        var seen: [String: Int] = [:]
    }

    private let state: Locked<State>

    init(_ faults: [AnswerFault]) { self.state = Locked(State(faults: faults)) }

    /// Replaces the faults; counting starts again.
    func replace(_ faults: [AnswerFault]) { self.state.withLock { $0 = State(faults: faults) } }

    /// Counts a request.
    ///
    /// - Parameter name: The action, or the method and the path.
    /// - Returns: How its answer is wrong; nil if it is right.
    func take(_ name: String) -> AnswerFault.Kind? {
        self.state.withLock { state in
            let number = state.seen[name, default: 0]
            state.seen[name] = number + 1
            return state.faults.first { fault in
                guard fault.request == name, number >= fault.after else { return false }
                return fault.count.map { number - fault.after < $0 } ?? true
            }?.kind
        }
    }
}

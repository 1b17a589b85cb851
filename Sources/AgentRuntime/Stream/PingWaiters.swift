import WebSocketTransport

/// Who waits for a pong.
///
/// agentctl's ping carries no id and is answered in order: the oldest waiter is answered first.
final class PingWaiters: Sendable {
    typealias Answer = Outcome<Result<Duration, any Error>>

    private struct Entry {
        var answer: Answer
        var sentAt: ContinuousClock.Instant
    }

    private struct State {
        var entries: [Entry] = []
        var isEnded = false
    }

    private let state = Locked(State())

    /// Somebody is about to send a ping.
    ///
    /// - Returns: What resolves when its pong comes; who gives up simply stops waiting, so that the pongs still match.
    func begin() throws -> Answer {
        let answer = Answer()
        try self.state.withLock { state in
            guard !state.isEnded else { throw AgentRuntimeError.commandNotSent }
            state.entries.append(Entry(answer: answer, sentAt: .now))
        }
        return answer
    }

    /// The ping was not sent after all.
    func withdraw(_ answer: Answer) {
        self.state.withLock { state in state.entries.removeAll { $0.answer === answer } }
    }

    /// A pong came.
    func receivedPong() {
        let entry = self.state.withLock { state in state.entries.isEmpty ? nil : state.entries.removeFirst() }
        guard let entry else { return }
        entry.answer.resolve(.success(.now - entry.sentAt))
    }

    /// No pong will come any more.
    func end() {
        let entries = self.state.withLock { state in
            state.isEnded = true
            defer { state.entries = [] }
            return state.entries
        }
        for entry in entries { entry.answer.resolve(.failure(AgentRuntimeError.commandNotSent)) }
    }
}

extension ContinuousClock.Instant {
    fileprivate static func - (later: Self, earlier: Self) -> Duration { earlier.duration(to: later) }
}

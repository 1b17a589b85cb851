/// Decides when to ask whether the instance of a runtime still exists, and what its answer means, as a pure value.
///
/// ```
///              quiet for the interval            answer: well, or not understood
///   watching ─────────────────────────► asking ─────────────────────────────────► watching
///      ▲                                  │ ▲
///      │                     refused once │ │ 5 s later
///      └──────────── the streams end      ▼ │
///                                       doubting ──► refused again, or another instance: gone
/// ```
///
/// agentctl (section 8.1 of what was seen on it): the sockets of a deleted instance stay open, and their pings are
/// answered. Its port refuses connections, or belongs to another instance, which a health request with the instance id
/// learns. One refusal is no proof: a runtime that restarts refuses, too, but its streams then end by themselves.
struct InstanceCheck: Sendable, Hashable {
    private enum State: Sendable, Hashable {
        case watching
        case asking(isSecond: Bool)
        case doubting
    }

    /// The time between a refused connection and the second attempt.
    static let doubt = Duration.seconds(5)

    private let interval: Duration
    private var state = State.watching

    init(interval: Duration) { self.interval = interval }

    /// What the driver does next.
    enum Action: Sendable, Hashable {
        /// Ask for the health, and report the answer.
        case ask
        /// Wait this long, and then report that the time is over.
        case wait(Duration)
        /// The instance is gone: end all streams.
        case gone
    }

    /// An answer to the question.
    enum Answer: Sendable, Hashable {
        /// The instance exists, or nothing is known about it: a timeout, an error of a gateway, a wrong token.
        case well
        /// Nobody listens on the port.
        case refused
        /// The port belongs to another instance.
        case anotherInstance
    }

    /// The first thing to do.
    var start: Action { .wait(self.interval) }

    /// A time is over.
    ///
    /// - Parameter quiet: How long the quietest stream has been without an event.
    /// - Returns: What to do next.
    mutating func timeIsOver(quiet: Duration) -> Action {
        switch self.state {
        case .watching:
            guard quiet >= self.interval else { return .wait(self.interval - quiet) }
            self.state = .asking(isSecond: false)
            return .ask
        case .doubting:
            self.state = .asking(isSecond: true)
            return .ask
        // The answer comes in bounded time.
        case .asking: return .wait(self.interval)
        }
    }

    /// The question was answered.
    mutating func answered(_ answer: Answer) -> Action {
        guard case .asking(let isSecond) = self.state else { return .wait(self.interval) }
        switch answer {
        case .anotherInstance: return .gone
        case .refused where isSecond: return .gone
        case .refused:
            self.state = .doubting
            return .wait(Self.doubt)
        case .well:
            self.state = .watching
            return .wait(self.interval)
        }
    }
}

/// Detects a peer that no longer answers (RFC 6455 §5.5.2); as in libwebsockets ("validity"), any frame is an answer.
///
/// ```
///  listening ──silent for `interval`──► pinging ──Ping handed to the system──► awaiting ──`timeout`──► expired
///      ▲                                   │                                      │
///      └────────────── any frame ──────────┴──────────────────────────────────────┘
/// ```
///
/// - `listening`: waits for silence; can become `pinging`.
/// - `pinging`: a Ping is queued after other data, so the peer can't answer yet; can become `awaiting` or, if any frame
///   arrives, `listening`.
/// - `awaiting`: the system has the Ping; can become `listening` or `expired`.
///
/// While we do not read, because the consumer is slow, silence proves nothing. So the time starts again when reading
/// resumes.
@usableFromInline
package struct KeepaliveSchedule: Sendable {
    @usableFromInline
    enum State: Equatable, Sendable {
        case listening
        case pinging
        case awaiting(since: Duration)
    }

    /// The action when the timer fires.
    package enum OnTimer: Equatable {
        /// Send a Ping now, and fire again at this time.
        case sendPing(nextCheck: Duration)
        /// Fire again at this time.
        case wait(until: Duration)
        /// The peer does not answer: abort.
        case expired
    }

    // The members that each read changes come first, next to other values that a read needs.
    @usableFromInline var lastSign: Duration
    @usableFromInline var state = State.listening
    private var isReading = true
    private let interval: Duration
    private let timeout: Duration

    /// - Parameters:
    ///   - interval: The silence after which a Ping is sent.
    ///   - timeout: How long the peer may take to answer it.
    ///   - now: The time, on any clock that only goes forward; all methods take the same.
    package init(interval: Duration, timeout: Duration, now: Duration) {
        self.interval = interval
        self.timeout = timeout
        self.lastSign = now
    }

    /// How long to wait after a Ping was sent: an answer starts an interval, which may be shorter than the timeout.
    private var recheck: Duration { min(self.interval, self.timeout) }

    /// When the timer should fire first.
    package var firstCheck: Duration { self.lastSign + self.interval }

    /// Any frame or part of one was received.
    @inlinable
    package mutating func receivedAnything(now: Duration) {
        self.lastSign = now
        self.state = .listening
    }

    /// The system took the Ping; the time of the peer begins now.
    package mutating func pingFlushed(now: Duration) {
        guard self.state == .pinging else { return }
        self.state = .awaiting(since: now)
    }

    /// The connection stopped reading.
    package mutating func pausedReading() { self.isReading = false }

    /// The connection reads again.
    package mutating func resumedReading(now: Duration) {
        guard !self.isReading else { return }
        self.isReading = true
        self.receivedAnything(now: now)
    }

    /// The timer fired.
    package mutating func timerFired(now: Duration) -> OnTimer {
        guard self.isReading else { return .wait(until: now + self.interval) }
        switch self.state {
        case .listening:
            guard now >= self.lastSign + self.interval else { return .wait(until: self.lastSign + self.interval) }
            self.state = .pinging
            return .sendPing(nextCheck: now + self.recheck)
        case .pinging:
            return .wait(until: now + self.recheck)
        case .awaiting(let since):
            let end = since + self.timeout
            return now >= end ? .expired : .wait(until: min(end, now + self.recheck))
        }
    }
}

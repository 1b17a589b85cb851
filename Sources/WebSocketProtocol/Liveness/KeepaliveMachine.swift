/// Notices a peer that is gone (RFC 6455 §5.5.2), as libwebsockets' "validity" does: any frame is a proof of life.
///
/// ```
///  listening ──silent for `interval`──► pinging ──Ping handed to the system──► awaiting ──`timeout`──► expired
///      ▲                                   │                                      │
///      └────────────── any frame ──────────┴──────────────────────────────────────┘
/// ```
///
/// - `listening`: waits for silence; can become `pinging`.
/// - `pinging`: a Ping is queued behind other data, so the peer can't be blamed yet; can become `awaiting` or, when
///   anything arrives, `listening`.
/// - `awaiting`: the Ping is on its way; can become `listening` or `expired`.
///
/// While we ourselves don't read, because the consumer is behind, silence proves nothing: the clock starts again when
/// reading resumes.
@usableFromInline
package struct KeepaliveMachine: Sendable {
    @usableFromInline
    enum State: Equatable, Sendable {
        case listening
        case pinging
        case awaiting(since: Duration)
    }

    /// What to do when the timer fires.
    package enum OnTimer: Equatable {
        /// Send a Ping now, and fire again at this time.
        case sendPing(nextCheck: Duration)
        /// Fire again at this time.
        case wait(until: Duration)
        /// The peer is gone: abort.
        case expired
    }

    // What each read changes comes first: it lies with what else a read needs.
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

    /// How long to wait while a Ping is on its way: an answer to it starts an interval that may end before the timeout.
    private var recheck: Duration { min(self.interval, self.timeout) }

    /// When the timer should first fire.
    package var firstCheck: Duration { self.lastSign + self.interval }

    /// Anything was received.
    @inlinable
    package mutating func receivedAnything(now: Duration) {
        self.lastSign = now
        self.state = .listening
    }

    /// The Ping was handed to the system: only now does the peer's time begin.
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

import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

// How the connection ends: properly, in time, or at once.
extension WebSocketChannelHandler {
    /// Our part in an end that the peer has brought about.
    enum HeldEnd {
        /// Answer its Close frame.
        case answer(CloseFrame)
        /// Say why we give up.
        case fail(CloseFrame)
    }

    /// RFC 6455 §7.1.7: says why, then ends the connection without waiting for an answer.
    ///
    /// - Parameters:
    ///   - error: What our side gets to know.
    ///   - frame: What the peer gets to know.
    func fail(_ error: WebSocketError, telling frame: CloseFrame) {
        self.core.note(cause: .failed(error))
        self.hold(.fail(frame))
    }

    /// Waits until the consumer has answered what came before: nothing can be sent after our Close frame (§5.5.1).
    func hold(_ end: HeldEnd) {
        self.releaseEnd()
        self.heldEnd = end
        let answerTime = self.core.configuration.closing.answerTime
        guard self.state == .open, answerTime > .zero else { return self.releaseEnd() }
        switch self.core.inbound.notifyWhenDrained() {
        case .drained: self.releaseEnd()
        case .underWay: self.schedule(.answer, at: self.now() + answerTime)
        case .idle: self.schedule(.answer, at: self.now() + min(answerTime, Self.idleAnswerTime))
        }
    }

    /// Time for a consumer that is about to begin; many a one that only sends never does.
    private static let idleAnswerTime = Duration.milliseconds(100)

    /// The consumer has caught up, or need not.
    func releaseEnd() {
        guard let end = self.heldEnd.take() else { return }
        self.timers.cancel(.answer)
        switch end {
        case .answer(let frame): self.core.closeStep { $0.receivedClose(frame) }
        case .fail(let frame): self.core.closeStep { $0.fail(frame) }
        }
        self.beginLinger()
    }

    /// Our Close frame is queued.
    func closeRequested() {
        guard self.state == .open else { return }
        self.state = .closing
        self.resumeReading()
        self.schedule(.close, at: self.now() + self.core.configuration.closing.timeout)
        self.releaseEnd()
    }

    /// Nothing more is to be said.
    ///
    /// RFC 6455 §7.1.1: the server ends the TCP connection first; a client waits for it,
    /// but not for long, as some servers never do. Closing with unread bytes would reset the connection and could
    /// take our Close frame with it, so the output is shut first.
    func beginLinger() {
        guard self.state == .open || self.state == .closing else { return }
        // A close of ours has its deadline already.
        let hasDeadline = self.state == .closing
        self.state = .lingering
        self.resumeReading()
        if !hasDeadline { self.schedule(.close, at: self.now() + self.core.configuration.closing.timeout) }
        if !self.core.isWriteOutstanding { self.wroteAll() }
    }

    func wroteAll() {
        guard self.state == .lingering, !self.wantsFlush, !self.core.isWriteOutstanding else { return }
        if self.core.role == .server { self.context?.close(mode: .output, promise: nil) }
        self.schedule(.close, at: self.now() + self.core.configuration.closing.linger)
    }

    func closeTimerFired() {
        let isComplete = self.core.closing.isDone && !self.core.isWriteOutstanding
        self.end(isComplete ? nil : .closeTimedOut)
    }

    /// Bounds the rest of the connection's life.
    func limitLife(to delay: Duration) {
        guard delay > .zero else { return self.end(.aborted) }
        let end = self.now() + delay
        // The first to bound it has its word kept: a later one may only shorten.
        guard self.endOfLife.map({ end < $0 }) ?? true else { return }
        self.endOfLife = end
        self.schedule(.life, at: end)
    }

    /// Closes the socket now.
    ///
    /// - Parameter cause: Why, or nil when the closing handshake is complete.
    func end(_ cause: WebSocketClosure.Cause?) {
        guard self.state != .ended else { return }
        self.state = .ended
        if let cause { self.core.note(cause: cause) }
        self.context?.close(promise: nil)
    }
}

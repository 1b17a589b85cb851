import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

// Detects a peer that no longer answers, or sends no messages.
extension WebSocketChannelHandler {
    /// Starts the timers when the connection opens.
    func beginWatching() {
        let now = self.now()
        self.lastMessage = now
        if let timeout = self.core.configuration.messageTimeout { self.schedule(.message, at: now + timeout) }
        guard let configuration = self.core.configuration.keepalive else { return }
        let keepalive = KeepaliveSchedule(
            interval: configuration.interval,
            timeout: configuration.timeout,
            now: now
        )
        self.keepalive = keepalive
        self.schedule(.keepalive, at: keepalive.firstCheck)
    }

    func messageTimerFired() {
        guard let timeout = self.core.configuration.messageTimeout, self.life.expectsMessages else { return }
        let now = self.now()
        // While the consumer is behind, nothing is read, so the peer may not be silent.
        let end = (self.backpressure.isPaused ? now : self.lastMessage) + timeout
        guard end <= now else { return self.schedule(.message, at: end) }
        self.fail(
            WebSocketError(.messageTimedOut, "No message came for \(timeout)."),
            telling: CloseFrame(.goingAway, reason: "no message for \(timeout)")
        )
    }

    /// Sends a Ping for a caller that waits for its round trip.
    ///
    /// If the peer does not read, further callers share the Ping that is still queued: its round trip has not begun. So
    /// the queue holds one Ping, not one per call.
    ///
    /// - Parameters:
    ///   - waiter: The waiting caller.
    ///   - isMark: Whether the Ping must come after everything that is queued; then it is not shared.
    func ping(_ waiter: PingWaiterTable.Waiter, isMark: Bool) {
        guard self.life.isOpen else {
            waiter.resolve(.failure(WebSocketError.notSent))
            return
        }
        if !isMark, self.core.isWriteUnderWay, let shared = self.pingWaiters.shared, self.pings.isQueued(shared) {
            return self.pingWaiters.add(waiter, to: shared)
        }
        let (id, payload) = self.pings.begin()
        self.pingWaiters.add(waiter, to: id)
        if !isMark { self.pingWaiters.shared = id }
        self.core.sendPing(id, payload: payload)
    }

    func forgetPing(_ waiter: PingWaiterTable.Waiter) {
        guard let id = self.pingWaiters.remove(waiter), !self.pings.isQueued(id) else { return }
        self.pings.forget(id)
    }

    func keepaliveTimerFired() {
        guard let action = self.keepalive?.timerFired(now: self.now()) else { return }
        switch action {
        case .sendPing(let nextCheck):
            // A peer that sends other frames but no Pongs must not make the ledger grow.
            if let unanswered = self.keepalivePing { self.pings.forget(unanswered) }
            let (id, payload) = self.pings.begin()
            self.keepalivePing = id
            self.core.sendPing(id, payload: payload)
            self.schedule(.keepalive, at: nextCheck)
        case .wait(let until): self.schedule(.keepalive, at: until)
        case .expired:
            self.report(.keepaliveTimedOut)
            self.end(.failed(WebSocketError(.keepaliveTimedOut, "The peer did not answer a Ping in time.")))
        }
    }
}

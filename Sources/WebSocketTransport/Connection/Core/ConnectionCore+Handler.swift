import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

// The functions that the handler calls on the event loop.
extension ConnectionCore {
    func attach(_ handler: WebSocketChannelHandler) {
        self.handler.value = handler
        self.executor.handler = handler
    }

    func beginWrite() -> OutboundQueue.Write? { self.state.withLock { $0.queue.beginWrite() } }

    /// The system took a write.
    ///
    /// - Parameter traffic: The counters of the write.
    /// - Returns: Whether to write again.
    func endWrite(_ traffic: WebSocketTraffic) -> Bool {
        let (written, senders, writeAgain) = self.state.withLock { state in
            state.counted.sent += traffic
            let (released, writeAgain) = state.queue.endWrite()
            let written = state.receipts.written(upTo: state.queue.writtenPlace)
            return (written, Self.admit(&state, released), writeAgain)
        }
        for receipt in written { receipt(.success(())) }
        for sender in senders { sender.admission.resolve(.success(())) }
        return writeAgain
    }

    /// Continues a flush that reached its maximum number of writes.
    func flushIfScheduled() {
        guard self.state.withLock({ $0.queue.isScheduled }) else { return }
        self.eventLoop.execute { self.handler.value?.flush() }
    }

    func sendPing(_ id: PingLedger.ID, payload: [UInt8]) { self.perform { $0.sendPing(id, payload: payload) } }
    func sendPong(_ payload: [UInt8]) { self.perform { $0.sendPong(payload) } }

    /// Takes a step of the closing handshake.
    func closeStep(_ step: (inout ClosingHandshake) -> ClosingHandshake.OnClose) {
        let (senders, outcome) = self.state.withLock { state in
            let outcome = state.queue.close(step)
            return (Self.takeSenders(&state, state.queue.dropWaiting()), outcome)
        }
        // At once, because the next step may end the connection.
        if outcome == .queuedAndFlush { self.handler.value?.flushSoon() }
        for sender in senders { sender.fail(WebSocketError.notSent) }
    }

    func note(latency: Duration) { self.state.withLock { $0.latency = latency } }
    func countPing() { self.state.withLock { $0.counted.pingsReceived += 1 } }
    func countDropped(_ messages: Int) { self.state.withLock { $0.counted.messagesDroppedWhileClosing += messages } }
    /// The statistics: the counters under the lock, and the counters of received data.
    func statistics(
        _ counted: (sent: WebSocketTraffic, messagesDroppedWhileClosing: Int, pingsReceived: Int)
    ) -> ConnectionStatistics {
        var statistics = ConnectionStatistics()
        statistics.received = self.received.total
        statistics.sent = counted.sent
        statistics.messagesDroppedWhileClosing = counted.messagesDroppedWhileClosing
        statistics.pingsReceived = counted.pingsReceived
        return statistics
    }

    /// Whether the system has not taken all of a write yet.
    var isWriteUnderWay: Bool { self.state.withLock { $0.queue.isWriteUnderWay } }
    var isWriteOutstanding: Bool { self.state.withLock { !$0.queue.isEmpty } }

    /// Resumes all waiters, after the socket was closed and all timers were cancelled.
    ///
    /// - Parameter end: The first cause.
    func finish(_ end: ConnectionLife<WebSocketError>.End) {
        self.handler.value = nil
        self.executor.handler = nil
        let (closure, counted, receipts, senders) = self.state.withLock { state in
            let closure = WebSocketClosure(end, state.queue.closing)
            let receipts = state.receipts.end(takenPlace: state.queue.takenPlace)
            return (closure, state.counted, receipts, Self.takeSenders(&state, state.queue.end()))
        }
        self.reporter.closed(closure, self.statistics(counted))
        self.inbound.finish(closure.error)
        for (receipt, error) in receipts { receipt(.failure(error)) }
        for sender in senders { sender.fail(closure.error ?? .notSent) }
        self.closed.resolve(closure)
    }
}

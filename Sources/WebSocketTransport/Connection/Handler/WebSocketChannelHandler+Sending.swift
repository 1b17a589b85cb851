import NIOCore
import WebSocketProtocol

// All queued frames become one write; the next write begins when the system has taken it.
extension WebSocketChannelHandler {
    /// Flushes now; while flushes are held, at the end of that.
    func flushSoon() {
        if self.flushTurn.want() { self.flush() }
    }

    /// Requests a flush at the end of the hold, if flushes are held.
    ///
    /// - Returns: Whether flushes are held.
    func flushesAtRelease() -> Bool { self.flushTurn.isHeld && !self.flushTurn.want() }

    /// Runs `body` while flushes are held, so that all its messages leave in one write.
    func holdFlushes(during body: () -> Void) {
        self.flushTurn.hold()
        body()
        self.releaseFlushes()
    }

    func releaseFlushes() {
        if self.flushTurn.release() { self.flush() }
    }

    /// The maximum number of writes of one flush; then other connections and timers of the event loop run.
    private static let writesPerFlush = 16

    /// Writes all queued frames; if a write ends at once, the loop continues with the next one.
    func flush() {
        guard self.flushTurn.begin() else { return }
        if !self.writeAll() { self.core.flushIfScheduled() }
        self.flushTurn.end()
        self.wroteAll()
    }

    /// - Returns: False if the maximum number of writes was reached and more may be queued.
    private func writeAll() -> Bool {
        for _ in 0..<Self.writesPerFlush {
            guard let context = self.context, let write = self.core.beginWrite() else { return true }
            self.write(write, context: context)
            guard self.flushTurn.takeWanted() else { return true }
        }
        return false
    }

    private func write(_ write: OutboundQueue.Write, context: ChannelHandlerContext) {
        self.flushTurn.writeBegan()
        if self.hasTLS {
            self.writeAndTell(write.bytes, write.traffic, write.lastPing, context)
        } else {
            context.writeAndFlush(self.wrapOutboundOut(write.bytes), promise: nil)
            if context.channel.isWritable {
                // The usual case: the system has taken all of it. Or the channel was already closed. Or a server has
                // shut its output after its Close frame; then only a mock still writes.
                let failure = context.channel.isActive ? nil : ChannelError.ioOnClosedChannel
                self.didWrite(write.traffic, write.lastPing, failure.map { .failure($0) } ?? .success(()))
            } else {
                // An empty write after it has the promise, and also reports a failed write. A promise for every write
                // would be a tenth of the cost of a small one.
                self.writeAndTell(ByteBuffer(), write.traffic, write.lastPing, context)
            }
        }
        guard self.flushTurn.isWriting else { return }
        self.watchStall()
        guard self.isObserved, self.core.isWriteUnderWay else { return }
        self.report(.sendBlocked(queuedBytes: self.core.queuedBytes))
    }

    // The promise does not refer to the buffer, which is used again as soon as it has no other owner.
    private func writeAndTell(
        _ bytes: ByteBuffer,
        _ traffic: WebSocketTraffic,
        _ lastPing: PingLedger.ID?,
        _ context: ChannelHandlerContext
    ) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.didWrite(traffic, lastPing, result)
        }
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: promise)
    }

    private func didWrite(
        _ traffic: WebSocketTraffic,
        _ lastPing: PingLedger.ID?,
        _ result: Result<Void, any Error>
    ) {
        self.flushTurn.writeEnded()
        self.cancel(.stall)
        guard case .success = result else { return }
        if let ping = lastPing {
            self.pings.flushed(through: ping, now: self.now())
            self.keepalive?.pingFlushed(now: self.now())
            // It was kept only so that more callers could share it.
            if let shared = self.pingWaiters.abandoned { self.pings.forget(shared) }
        }
        let writesAgain = self.core.endWrite(traffic)
        self.report(.sent(traffic, queuedBytes: self.core.queuedBytes))
        guard writesAgain else { return self.wroteAll() }
        self.flush()
    }

    /// Fails the connection when the system takes no byte for the configured time.
    private func watchStall() {
        self.stalledBytes = self.bufferedBytes
        self.schedule(.stall, in: self.core.configuration.sendQueue.timeout)
    }

    /// Does nothing: writability is checked after each write, and no other handler needs this event.
    func channelWritabilityChanged(context: ChannelHandlerContext) {}

    private var bufferedBytes: Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func stallTimerFired() {
        guard self.bufferedBytes >= self.stalledBytes else { return self.watchStall() }
        let timeout = self.core.configuration.sendQueue.timeout
        self.end(
            .failed(WebSocketError(.sendTimedOut, "The peer took none of \(self.stalledBytes) bytes in \(timeout)."))
        )
    }
}

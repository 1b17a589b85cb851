import NIOCore
import WebSocketProtocol

// All that is queued becomes one write, and the next one begins when the system has taken it.
extension WebSocketChannelHandler {
    /// Flushes at the end of what holds flushes, else now.
    func flushSoon() {
        if self.flushTurn.want() { self.flush() }
    }

    /// Flushes at the end of what holds flushes, if something does.
    ///
    /// - Returns: Whether something does.
    func flushesAtRelease() -> Bool { self.flushTurn.isHeld && !self.flushTurn.want() }

    /// Does something that may send any number of times: it leaves in one write.
    func holdFlushes(during body: () -> Void) {
        self.flushTurn.hold()
        body()
        self.releaseFlushes()
    }

    func releaseFlushes() {
        if self.flushTurn.release() { self.flush() }
    }

    /// Writes that one flush makes before the other connections of the event loop, and its timers, have their turn.
    private static let writesPerFlush = 16

    /// Writes all that is queued; a write that ends at once is followed by the next in the same loop.
    func flush() {
        guard self.flushTurn.begin() else { return }
        if !self.writeAll() { self.core.flushIfScheduled() }
        self.flushTurn.end()
        self.wroteAll()
    }

    /// - Returns: False when that is enough for one turn, and there may be more.
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
                // The system has all of it, as nearly always; or the channel was closed before. (Or a server has ended its
                // side, behind its Close frame: then only a mock still writes.)
                let failure = context.channel.isActive ? nil : ChannelError.ioOnClosedChannel
                self.didWrite(write.traffic, write.lastPing, failure.map { .failure($0) } ?? .success(()))
            } else {
                // Nothing, behind it, which also tells of a write that failed: a promise with each write would be a tenth
                // of what a small one costs.
                self.writeAndTell(ByteBuffer(), write.traffic, write.lastPing, context)
            }
        }
        guard self.flushTurn.isWriting else { return }
        self.watchStall()
        guard self.isObserved, self.core.isWriteUnderWay else { return }
        self.report(.sendBlocked(queuedBytes: self.core.queuedBytes))
    }

    // Not told of the buffer: it is used again as soon as nobody has it any more.
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
            // Kept only so that others could join it.
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

    /// That there is nothing left to write, or something again, is looked at after each write; nobody else is to know.
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

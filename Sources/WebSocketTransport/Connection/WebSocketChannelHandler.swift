import NIOCore
import WebSocketProtocol

/// Drives one connection on its event loop: parses whole reads, writes whole bursts, keeps the timers.
///
/// It decides nothing about the protocol: ``MessageReader``, ``OutboundQueue``, ``KeepaliveMachine`` and
/// ``PingLedger`` do, and one switch per machine performs their decisions.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let core: ConnectionCore
    private var reader: MessageReader
    private var batch = InboundBatch()
    /// How many messages the last batch held: the room to make for the next one.
    private var expectedMessages = 0
    private(set) var context: ChannelHandlerContext?

    /// A read that was asked for while reading is paused.
    private var hasHeldRead = false
    private(set) var isPaused = false
    private var isFlushing = false
    private(set) var wantsFlush = false
    private var isReading = false

    var keepalive: KeepaliveMachine?
    var pings: PingLedger
    var pingWaiters: [PingLedger.ID: Outcome<Result<Duration, any Error>>] = [:]
    var keepalivePing: PingLedger.ID?
    /// When the last message, or a part of one, came.
    var lastMessage: Duration
    var timers = ConnectionTimers()
    private var stalledBytes = 0
    var state = State.open
    /// The end that the peer has brought about and the consumer has not caught up with.
    var heldEnd: HeldEnd?

    /// How far the end of the connection is.
    enum State {
        /// Messages flow both ways; can become `closing`, `lingering` or `ended`.
        case open
        /// Our Close frame is queued or sent; can become `lingering` or `ended`.
        case closing
        /// Nothing more is to be said; the peer has a moment to end the TCP connection. Can become `ended`.
        case lingering
        /// The channel is closed or told to close.
        case ended
    }

    init(core: ConnectionCore) {
        self.core = core
        self.reader = MessageReader(
            role: core.role,
            limits: core.configuration.limits,
            deflate: core.deflate,
            deliversPieces: core.configuration.deliversPieces
        )
        self.lastMessage = .zero
        self.pings = PingLedger(firstID: .random(in: .min ... .max))
    }

    func now() -> Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.core.attach(self)
        self.beginWatching()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.finish() }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After both Close frames it does not matter how the TCP connection ends.
        self.releaseEnd()
        guard !self.core.closing.isComplete else { return self.end(nil) }
        self.end(.failed(WebSocketError(.connectionLost, "The connection failed.", cause: error)))
    }

    private func finish() {
        guard self.context != nil else { return }
        self.releaseEnd()
        self.context = nil
        self.state = .ended
        self.timers.cancelAll()
        self.core.finish()
        let waiters = self.pingWaiters
        self.pingWaiters = [:]
        for waiter in waiters.values { waiter.resolve(.failure(WebSocketError.notSent)) }
    }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.isReading = true
        let buffer = self.unwrapInboundIn(data)
        if self.batch.isEmpty { self.batch = InboundBatch(expectedMessages: self.expectedMessages) }
        buffer.withUnsafeReadableBytes { self.reader.receive($0, into: &self.batch) }
        let now = self.now()
        self.keepalive?.receivedAnything(now: now)
        if self.batch.count > 0 || self.reader.isInsideMessage { self.lastMessage = now }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.deliverBatch()
        // Only now: all answers of this read leave in one write.
        self.isReading = false
        self.flushIfWanted()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        guard !self.isPaused else { return self.hasHeldRead = true }
        context.read()
    }

    /// Hands over the batch of this read: messages to the consumer, control frames to their machines.
    private func deliverBatch() {
        guard !self.batch.isEmpty else { return }
        var batch = InboundBatch()
        swap(&batch, &self.batch)
        self.expectedMessages = batch.count
        let controls = batch.controls
        let violation = batch.violation
        // Pongs first: a consumer may be quick, and a Ping is older than what it comes before, or in the middle of.
        for control in controls { self.received(control.content) }
        self.push(batch)
        // Nothing follows either of them.
        if case .close(let frame) = controls.last?.content { self.hold(.answer(frame)) }
        if let violation { self.fail(violation) }
    }

    private func push(_ batch: consuming InboundBatch) {
        guard batch.count > 0 else { return }
        let cost = (bytes: batch.byteCount, elements: batch.count)
        let continued = batch.continuedCount
        guard self.state == .open || !self.core.inbound.isOverHighMark else {
            return self.core.count { $0.messagesDroppedWhileClosing += cost.elements }
        }
        self.core.count {
            $0.messagesReceived += cost.elements - continued
            $0.bytesReceived += cost.bytes
        }
        batch.trim()
        let mayGoOn = self.core.inbound.push(batch, cost: .init(bytes: cost.bytes, elements: cost.elements))
        // While closing, reading goes on in any case: the peer's Close frame is behind the messages.
        guard !mayGoOn, self.state == .open else { return }
        self.isPaused = true
        self.keepalive?.pausedReading()
    }

    /// The consumer made room.
    func resumeReading() {
        guard self.isPaused, !self.core.inbound.isOverHighMark || self.state != .open else { return }
        self.isPaused = false
        self.lastMessage = self.now()
        self.keepalive?.resumedReading(now: self.lastMessage)
        guard self.hasHeldRead else { return }
        self.hasHeldRead = false
        self.context?.read()
    }

    private func received(_ control: ControlFrame.Content) {
        switch control {
        case .ping(let payload):
            self.core.count { $0.pingsReceived += 1 }
            self.core.sendPong(payload)
        case .pong(let payload): self.receivedPong(payload)
        case .close: break
        }
    }

    private func receivedPong(_ payload: [UInt8]) {
        let answered = self.pings.receivedPong(payload, now: self.now())
        if let latest = answered.last { self.core.note(latency: latest.roundTrip) }
        for (id, roundTrip) in answered {
            self.pingWaiters.removeValue(forKey: id)?.resolve(.success(roundTrip))
        }
    }

    private func fail(_ violation: ProtocolViolation) {
        self.fail(
            WebSocketError(.protocolViolation, violation.message, cause: violation),
            telling: CloseFrame(violation.closeCode, reason: violation.message)
        )
    }

    // MARK: Sending

    /// Flushes at the end of the read that is being handled, else now.
    func flushSoon() {
        self.wantsFlush = true
        if !self.isReading { self.flushIfWanted() }
    }

    private func flushIfWanted() {
        guard self.wantsFlush else { return }
        self.flush()
    }

    /// Writes that one flush makes before the other connections of the event loop, and its timers, have their turn.
    private static let writesPerFlush = 16

    /// Writes all that is queued; a write that ends at once is followed by the next in the same loop.
    func flush() {
        self.wantsFlush = false
        guard !self.isFlushing else { return }
        self.isFlushing = true
        for _ in 0..<Self.writesPerFlush {
            guard let context = self.context, let write = self.core.beginWrite() else { break }
            self.write(write, context: context)
            guard self.wantsFlush else { break }
            self.wantsFlush = false
        }
        self.isFlushing = false
        self.core.flushIfScheduled()
        self.wroteAll()
    }

    private func write(_ write: OutboundQueue.Write, context: ChannelHandlerContext) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.didWrite(write, result: result)
        }
        context.writeAndFlush(self.wrapOutboundOut(write.bytes), promise: promise)
        guard self.core.isWriteOutstanding else { return }
        self.watchStall()
    }

    private func didWrite(_ write: consuming OutboundQueue.Write, result: Result<Void, any Error>) {
        self.timers.cancel(.stall)
        guard case .success = result else { return }
        if let ping = write.lastPing {
            self.pings.flushed(through: ping, now: self.now())
            self.keepalive?.pingFlushed(now: self.now())
        }
        guard self.core.endWrite(write.bytes) else { return self.wroteAll() }
        self.wantsFlush = true
        if !self.isFlushing { self.flush() }
    }

    /// Fails the connection when the system takes no byte for the configured time.
    private func watchStall() {
        self.stalledBytes = self.bufferedBytes
        self.schedule(.stall, at: self.now() + self.core.configuration.sendQueue.timeout)
    }

    private var bufferedBytes: Int {
        (try? self.context?.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func stallTimerFired() {
        guard self.bufferedBytes >= self.stalledBytes else { return self.watchStall() }
        let timeout = self.core.configuration.sendQueue.timeout
        self.end(
            .failed(WebSocketError(.sendTimedOut, "The peer took none of \(self.stalledBytes) bytes in \(timeout)."))
        )
    }

    // MARK: Timers

    func schedule(_ timer: ConnectionTimers.Kind, at time: Duration) {
        guard let context = self.context else { return }
        // A time beyond what the clock can say, 292 years, is as good as never.
        let nanoseconds = TimeAmount(min(time, .nanoseconds(Int64.max))).nanoseconds
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, nanoseconds)))
        let task = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.fired(timer) }
        self.timers.replace(timer, with: task)
    }

    private func fired(_ timer: ConnectionTimers.Kind) {
        switch timer {
        case .keepalive: self.keepaliveTimerFired()
        case .message: self.messageTimerFired()
        case .stall: self.stallTimerFired()
        case .answer: self.releaseEnd()
        case .close: self.closeTimerFired()
        case .life: self.end(.aborted)
        }
    }
}

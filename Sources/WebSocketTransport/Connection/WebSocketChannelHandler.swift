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
    private var isPaused = false
    private var isFlushing = false
    private var wantsFlush = false
    private var isReading = false

    var keepalive: KeepaliveMachine?
    var pings: PingLedger
    var pingWaiters: [PingLedger.ID: Outcome<Result<Duration, any Error>>] = [:]
    private var keepalivePing: PingLedger.ID?
    private var timers = ConnectionTimers()
    private var stalledBytes = 0
    private var state = State.open

    /// How far the end of the connection is.
    private enum State {
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
        self.reader = MessageReader(role: core.role, limits: core.configuration.limits)
        self.pings = PingLedger(firstID: .random(in: .min ... .max))
    }

    private func now() -> Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.core.attach(self)
        guard let configuration = self.core.configuration.keepalive else { return }
        let keepalive = KeepaliveMachine(configuration, now: self.now())
        self.keepalive = keepalive
        self.schedule(.keepalive, at: keepalive.firstCheck)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.finish() }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After both Close frames it does not matter how the TCP connection ends.
        guard !self.core.closing.isComplete else { return self.end(nil) }
        self.end(.failed(WebSocketError(.connectionLost, "The connection failed.", cause: error)))
    }

    private func finish() {
        guard self.context != nil else { return }
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
        self.keepalive?.receivedAnything(now: self.now())
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
        self.push(batch)
        for control in controls { self.received(control.content) }
        if let violation { self.fail(violation) }
    }

    private func push(_ batch: consuming InboundBatch) {
        guard batch.count > 0 else { return }
        let cost = (bytes: batch.byteCount, elements: batch.count)
        guard self.state == .open || !self.core.inbound.isOverHighMark else {
            return self.core.count { $0.messagesDroppedWhileClosing += cost.elements }
        }
        self.core.count {
            $0.messagesReceived += cost.elements
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
        self.keepalive?.resumedReading(now: self.now())
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
        case .close(let frame):
            self.core.closeStep { $0.receivedClose(frame) }
            self.beginLinger()
        }
    }

    private func receivedPong(_ payload: [UInt8]) {
        let answered = self.pings.receivedPong(payload, now: self.now())
        if let latest = answered.last { self.core.note(latency: latest.roundTrip) }
        for (id, roundTrip) in answered {
            self.pingWaiters.removeValue(forKey: id)?.resolve(.success(roundTrip))
        }
    }

    /// RFC 6455 §7.1.7: say why, then end the connection without waiting for an answer.
    private func fail(_ violation: ProtocolViolation) {
        self.core.note(cause: .failed(WebSocketError(.protocolViolation, violation.message, cause: violation)))
        self.core.closeStep { $0.fail(CloseFrame(violation.closeCode, reason: violation.message)) }
        self.beginLinger()
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

    // MARK: Pings

    /// Sends a Ping for someone who waits for its round trip.
    func ping(_ waiter: Outcome<Result<Duration, any Error>>) {
        guard self.state == .open else {
            waiter.resolve(.failure(WebSocketError.notSent))
            return
        }
        let (id, payload) = self.pings.begin()
        self.pingWaiters[id] = waiter
        self.core.sendPing(id, payload: payload)
    }

    func forgetPing(_ waiter: Outcome<Result<Duration, any Error>>) {
        guard let id = self.pingWaiters.first(where: { $0.value === waiter })?.key else { return }
        self.pingWaiters[id] = nil
        self.pings.forget(id)
    }

    private func keepaliveTimerFired() {
        guard let action = self.keepalive?.timerFired(now: self.now()) else { return }
        switch action {
        case .sendPing(let nextCheck):
            // A peer that shows life in other ways than Pongs must not make the ledger grow.
            if let unanswered = self.keepalivePing { self.pings.forget(unanswered) }
            let (id, payload) = self.pings.begin()
            self.keepalivePing = id
            self.core.sendPing(id, payload: payload)
            self.schedule(.keepalive, at: nextCheck)
        case .wait(let until): self.schedule(.keepalive, at: until)
        case .expired:
            self.end(.failed(WebSocketError(.keepaliveTimedOut, "The peer did not answer a Ping in time.")))
        }
    }

    // MARK: Ending

    /// Our Close frame is queued.
    func closeRequested() {
        guard self.state == .open else { return }
        self.state = .closing
        self.resumeReading()
        self.schedule(.close, at: self.now() + self.core.configuration.closing.timeout)
    }

    /// Nothing more is to be said.
    ///
    /// RFC 6455 §7.1.1: the server ends the TCP connection first; a client waits for it,
    /// but not for long, as some servers never do. Closing with unread bytes would reset the connection and could
    /// take our Close frame with it, so the output is shut first.
    private func beginLinger() {
        guard self.state == .open || self.state == .closing else { return }
        // A close of ours has its deadline already.
        let hasDeadline = self.state == .closing
        self.state = .lingering
        self.resumeReading()
        if !hasDeadline { self.schedule(.close, at: self.now() + self.core.configuration.closing.timeout) }
        if !self.core.isWriteOutstanding { self.wroteAll() }
    }

    private func wroteAll() {
        guard self.state == .lingering, !self.wantsFlush, !self.core.isWriteOutstanding else { return }
        if self.core.role == .server { self.context?.close(mode: .output, promise: nil) }
        self.schedule(.close, at: self.now() + self.core.configuration.closing.linger)
    }

    private func closeTimerFired() {
        let isComplete = self.core.closing.isDone && !self.core.isWriteOutstanding
        self.end(isComplete ? nil : .closeTimedOut)
    }

    /// Bounds the rest of the connection's life.
    func limitLife(to delay: Duration) {
        guard delay > .zero else { return self.end(.aborted) }
        self.schedule(.life, at: self.now() + delay)
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

    // MARK: Timers

    private func schedule(_ timer: ConnectionTimers.Kind, at time: Duration) {
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
        case .stall: self.stallTimerFired()
        case .close: self.closeTimerFired()
        case .life: self.end(.aborted)
        }
    }
}

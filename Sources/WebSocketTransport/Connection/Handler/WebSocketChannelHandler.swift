import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

#if TLS
import NIOSSL
#endif

/// Drives one connection on its event loop: it parses whole reads, writes whole bursts, and runs the timers.
///
/// It makes no decisions about the protocol. ``ConnectionLife``, ``ClosingHandshake``, ``MessageReader``,
/// ``OutboundQueue``, ``Backpressure``, ``KeepaliveSchedule`` and ``PingLedger`` decide; the handler acts.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer
    typealias Life = ConnectionLife<WebSocketError>

    // The members that each read needs come first, so that they are next to each other: with many quiet connections,
    // nothing is in the cache. They are used only on the event loop. Checks for exclusive access would cost a tenth of
    // a read.
    let core: ConnectionCore
    /// Whether there is an observer; a copy of the reporter's value, because each read needs it.
    let isObserved: Bool
    /// The shared read buffer; nil with TLS.
    @exclusivity(unchecked) private(set) var readBuffer: ReadBuffer?
    /// Reads large messages, while there are any; nil otherwise.
    @exclusivity(unchecked) var largeRead: LargeRead?
    @exclusivity(unchecked) private(set) var life: Life
    @exclusivity(unchecked) var backpressure = Backpressure()
    @exclusivity(unchecked) var flushTurn = FlushTurn()
    /// When the last message, or part of a message, came.
    @exclusivity(unchecked) var lastMessage: Duration
    @exclusivity(unchecked) var keepalive: KeepaliveSchedule?
    @exclusivity(unchecked) var reads: InboundReads

    private(set) var context: ChannelHandlerContext?
    /// Whether TLS is between us and the socket; it may hold back bytes.
    var hasTLS: Bool { self.readBuffer == nil }

    var pings: PingLedger
    var pingWaiters = PingWaiterTable()
    var keepalivePing: PingLedger.ID?
    private var timers = ConnectionTimers()
    var stalledBytes = 0

    init(core: ConnectionCore) {
        self.core = core
        self.isObserved = core.reporter.isObserved
        self.life = Life(role: core.role)
        self.reads = InboundReads(
            MessageReader(
                role: core.role,
                limits: core.configuration.limits,
                deflate: core.deflate,
                deliversPieces: core.configuration.deliversPieces
            )
        )
        self.lastMessage = .zero
        self.pings = PingLedger(firstID: .random(in: .min ... .max))
    }

    func now() -> Duration { .nanoseconds(Int64(clamping: NIODeadline.now().uptimeNanoseconds)) }

    /// Reports an event to the observer, if there is one; the reporter itself reports the opening and the closing.
    func report(_ event: @autoclosure () -> ConnectionEvent.Kind) {
        if self.isObserved { self.core.reporter.report(event()) }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.setReads(context)
        self.core.attach(self)
        self.core.reporter.opened(self.core.setup)
        self.perform(self.life.opened())
    }

    private static func isSecure(_ context: ChannelHandlerContext) -> Bool {
        #if TLS
        (try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)) != nil
        #else
        false
        #endif
    }

    /// Sets the maximum size of a read, and the memory that it uses.
    private func setReads(_ context: ChannelHandlerContext) {
        let configuration = self.core.configuration
        let most = configuration.readBytes(isCompressed: self.core.deflate != nil)
        // A power of two, because SwiftNIO would round another size up to one.
        let maximum = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
        let reads: any RecvByteBufferAllocator
        if Self.isSecure(context) {
            // TLS may keep the bytes of a read, and decrypts to other memory. So each connection has its own buffer,
            // and its size follows the sizes of the reads.
            let minimum = min(configuration.firstReadBytes, maximum)
            reads = AdaptiveRecvByteBufferAllocator(minimum: minimum, initial: minimum, maximum: maximum)
        } else {
            let shared = ReadBuffer.shared(on: context.eventLoop, capacity: maximum)
            self.readBuffer = shared
            reads = ReadBufferAllocator(shared: shared)
            // With this mark the channel is writable if the system has taken everything, or everything except one byte;
            // only a mock sends a single byte. To ask for the number of pending bytes would cost more.
            try? context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
        }
        // A closed channel refuses the option, but will not read.
        try? context.channel.syncOptions?.setOption(.recvAllocator, value: reads)
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.perform(self.life.channelClosed()) }

    func channelInactive(context: ChannelHandlerContext) {
        self.perform(self.life.channelClosed())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.perform(self.life.socketFailed(WebSocketError(losing: error)))
    }

    // MARK: The life of the connection: events and actions

    /// RFC 6455 §7.1.7: sends the reason, then ends the connection without waiting for an answer.
    ///
    /// - Parameters:
    ///   - error: The error for our side.
    ///   - frame: The Close frame for the peer.
    func fail(_ error: WebSocketError, telling frame: CloseFrame) {
        self.perform(self.life.failed(error, telling: frame))
    }

    func receivedClose(_ frame: CloseFrame) { self.perform(self.life.receivedClose(frame)) }

    /// The consumer has answered all messages.
    func consumerCaughtUp() { self.perform(self.life.consumerCaughtUp()) }

    /// Our Close frame is queued.
    func closeQueued() { self.perform(self.life.closeQueued()) }

    /// Closes the socket now; the reason counts only if there is no earlier cause.
    func end(_ reason: Life.End) { self.perform(self.life.end(reason)) }

    /// Limits the remaining life of the connection.
    func limitLife(to delay: Duration) { self.perform(self.life.limited(to: delay, now: self.now())) }

    /// Call it when a write has ended, or when there was nothing to write.
    func wroteAll() {
        guard self.life.awaitsOutput, !self.flushTurn.isWanted, !self.core.isWriteOutstanding else { return }
        self.perform(self.life.allWritten())
    }

    private func perform(_ actions: [Life.Action]) {
        for action in actions {
            switch action {
            case .watch: self.beginWatching()
            case .awaitConsumer: self.awaitConsumer()
            case .start(.close): self.schedule(.close, in: self.core.configuration.closing.timeout)
            case .start(.linger): self.schedule(.close, in: self.core.configuration.closing.linger)
            case .stopAnswerTimer: self.timers.cancel(.answer)
            case .endLater(let time): self.schedule(.life, at: time)
            case .answer(let frame): self.core.closeStep { $0.receivedClose(frame) }
            case .explain(let frame): self.core.closeStep { $0.fail(frame) }
            case .readOn: self.resume(self.backpressure.readOn())
            case .awaitOutput: self.wroteAll()
            case .endOutput: self.context?.close(mode: .output, promise: nil)
            case .closeChannel: self.context?.close(promise: nil)
            case .finish(let end): self.finish(end)
            }
        }
    }

    /// How long an end waits for a consumer that has not begun to receive; a program that only sends never begins.
    private static let idleAnswerTime = Duration.milliseconds(100)

    private func awaitConsumer() {
        let answerTime = self.core.configuration.closing.answerTime
        guard answerTime > .zero else { return self.consumerCaughtUp() }
        switch self.core.inbound.notifyWhenDrained() {
        case .drained: self.consumerCaughtUp()
        case .underWay: self.schedule(.answer, in: answerTime)
        case .idle: self.schedule(.answer, in: min(answerTime, Self.idleAnswerTime))
        }
    }

    private func finish(_ end: Life.End) {
        self.context = nil
        // The channel may live longer.
        self.largeRead?.stopHolding()
        self.timers.cancelAll()
        self.core.finish(end)
        for waiter in self.pingWaiters.takeAll() { waiter.resolve(.failure(WebSocketError.notSent)) }
    }

    // MARK: Timers

    func schedule(_ timer: ConnectionTimers.Kind, in delay: Duration) { self.schedule(timer, at: self.now() + delay) }

    func schedule(_ timer: ConnectionTimers.Kind, at time: Duration) {
        guard let context = self.context else { return }
        // The clock ends after 292 years; a later time counts as this one.
        let nanoseconds = TimeAmount(min(time, .nanoseconds(Int64.max))).nanoseconds
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, nanoseconds)))
        self.timers.start(timer) { number in
            context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.fired(timer, number) }
        }
    }

    func cancel(_ timer: ConnectionTimers.Kind) { self.timers.cancel(timer) }

    private func fired(_ timer: ConnectionTimers.Kind, _ number: ConnectionTimers.Number) {
        guard self.timers.fires(timer, number) else { return }
        switch timer {
        case .keepalive: self.keepaliveTimerFired()
        case .message: self.messageTimerFired()
        case .stall: self.stallTimerFired()
        case .answer: self.perform(self.life.answerTimeIsOver())
        case .close: self.perform(self.life.closeTimeIsOver())
        case .life: self.end(.aborted)
        }
    }
}

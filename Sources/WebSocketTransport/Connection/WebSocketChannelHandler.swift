import ConcurrencyPrimitives
import NIOCore
import NIOSSL
import WebSocketProtocol

/// Drives one connection on its event loop: parses whole reads, writes whole bursts, keeps the timers.
///
/// It decides nothing about the protocol: ``ConnectionLife``, ``MessageReader``, ``OutboundQueue``, ``Backpressure``,
/// ``KeepaliveMachine`` and ``PingLedger`` do, and one switch per machine performs their decisions.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer
    typealias Life = ConnectionLife<WebSocketError>

    // What each read needs comes first, so that it lies together: of many quiet connections, none is in the cache. It is
    // used on the event loop only; checking its accesses would cost a tenth of a read.
    let core: ConnectionCore
    /// As the reporter says; kept here, as each read asks.
    let isObserved: Bool
    /// What is read into, without TLS.
    @exclusivity(unchecked) private(set) var readBuffer: ReadBuffer?
    @exclusivity(unchecked) private(set) var life: Life
    @exclusivity(unchecked) var backpressure = Backpressure()
    @exclusivity(unchecked) var flushTurn = FlushTurn()
    /// When the last message, or a part of one, came.
    @exclusivity(unchecked) var lastMessage: Duration
    @exclusivity(unchecked) var keepalive: KeepaliveMachine?
    @exclusivity(unchecked) var reads: InboundReads

    private(set) var context: ChannelHandlerContext?
    /// Whether TLS is between us and the socket, and may hold what passes.
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

    /// Tells the observer, if there is one; the reporter itself tells when the connection opens and closes.
    func report(_ event: @autoclosure () -> ConnectionEvent.Kind) {
        if self.isObserved { self.core.reporter.report(event()) }
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.setReads(context)
        self.core.attach(self)
        self.core.reporter.opened(self.core.terms)
        self.perform(self.life.opened())
    }

    /// What one read of the socket may take, and into which memory.
    private func setReads(_ context: ChannelHandlerContext) {
        let configuration = self.core.configuration
        let most = configuration.readBytes(isCompressed: self.core.deflate != nil)
        // A power of two, or SwiftNIO would take the next larger one.
        let maximum = 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
        let reads: any RecvByteBufferAllocator
        if (try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)) != nil {
            // TLS may keep what was read, and what comes out of it lies elsewhere: a buffer for each, as large as what comes.
            let minimum = min(configuration.firstReadBytes, maximum)
            reads = AdaptiveRecvByteBufferAllocator(minimum: minimum, initial: minimum, maximum: maximum)
        } else {
            let shared = ReadBuffer.shared(on: context.eventLoop, capacity: maximum)
            self.readBuffer = shared
            reads = ReadBufferAllocator(shared: shared)
            // The channel is writable when the system has taken all (or all but one byte: only a mock sends that alone);
            // to ask for the bytes that it has not taken is dearer.
            try? context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
        }
        // A channel that is closed already refuses the option, which is as good.
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

    // MARK: Its life: what happens, and what is to be done

    /// RFC 6455 §7.1.7: says why, then ends the connection without waiting for an answer.
    ///
    /// - Parameters:
    ///   - error: What our side gets to know.
    ///   - frame: What the peer gets to know.
    func fail(_ error: WebSocketError, telling frame: CloseFrame) {
        self.perform(self.life.failed(error, telling: frame))
    }

    func receivedClose(_ frame: CloseFrame) { self.perform(self.life.receivedClose(frame)) }

    /// The consumer has answered all that came.
    func consumerCaughtUp() { self.perform(self.life.consumerCaughtUp()) }

    /// Our Close frame is queued.
    func closeQueued() { self.perform(self.life.closeQueued()) }

    /// Closes the socket now, for this reason if there is none yet.
    func end(_ reason: Life.End) { self.perform(self.life.end(reason)) }

    /// Bounds the rest of the connection's life.
    func limitLife(to delay: Duration) { self.perform(self.life.limited(to: delay, now: self.now())) }

    /// A write has ended, or there was nothing to write.
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

    /// Time for a consumer that is about to begin; many a one that only sends never does.
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
        self.timers.cancelAll()
        self.core.finish(end)
        for waiter in self.pingWaiters.takeAll() { waiter.resolve(.failure(WebSocketError.notSent)) }
    }

    // MARK: Timers

    func schedule(_ timer: ConnectionTimers.Kind, in delay: Duration) { self.schedule(timer, at: self.now() + delay) }

    func schedule(_ timer: ConnectionTimers.Kind, at time: Duration) {
        guard let context = self.context else { return }
        // A time beyond what the clock can say, 292 years, is as good as never.
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

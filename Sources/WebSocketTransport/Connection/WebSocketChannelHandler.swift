import ConcurrencyPrimitives
import NIOCore
import NIOSSL
import WebSocketProtocol

/// Drives one connection on its event loop: parses whole reads, writes whole bursts, keeps the timers.
///
/// It decides nothing about the protocol: ``MessageReader``, ``OutboundQueue``, ``KeepaliveMachine`` and
/// ``PingLedger`` do, and one switch per machine performs their decisions.
final class WebSocketChannelHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    // What each read needs comes first, so that it lies together: of many quiet connections, none is in the cache. It is
    // used on the event loop only; checking its accesses would cost a tenth of a read.
    let core: ConnectionCore
    /// As the reporter says; kept here, as each read asks.
    let isObserved: Bool
    /// What is read into, without TLS.
    @exclusivity(unchecked) private(set) var readBuffer: ReadBuffer?
    @exclusivity(unchecked) var state = State.open
    @exclusivity(unchecked) var isPaused = false
    @exclusivity(unchecked) var isFlushing = false
    @exclusivity(unchecked) var wantsFlush = false
    /// Whether a read is being handled, or a task runs on our executor: what they send waits for their end.
    @exclusivity(unchecked) var holdsFlushes = false
    /// Whether messages are dropped, because we are closing and nobody takes them.
    @exclusivity(unchecked) var isDropping = false
    /// When the last message, or a part of one, came.
    @exclusivity(unchecked) var lastMessage: Duration
    @exclusivity(unchecked) var keepalive: KeepaliveMachine?
    @exclusivity(unchecked) var reads: InboundReads

    private(set) var context: ChannelHandlerContext?
    /// Whether TLS is between us and the socket, and may hold what passes.
    var hasTLS: Bool { self.readBuffer == nil }
    /// A read that was asked for while reading is paused.
    var hasHeldRead = false
    /// Whether the system has not taken all of a write yet.
    var isWriting = false

    var pings: PingLedger
    /// When the connection is cut, if it is still there.
    var endOfLife: Duration?
    var pingWaiters = PingWaiterTable()
    var keepalivePing: PingLedger.ID?
    var timers = ConnectionTimers()
    var stalledBytes = 0
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
        self.isObserved = core.reporter.isObserved
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

    // MARK: Life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.setReads(context)
        self.core.attach(self)
        self.core.reporter.opened(self.core.terms)
        self.beginWatching()
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

    func handlerRemoved(context: ChannelHandlerContext) { self.finish() }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // After both Close frames it does not matter how the TCP connection ends.
        self.releaseEnd()
        guard !self.core.closing.isComplete else { return self.end(nil) }
        self.end(.failed(WebSocketError(losing: error)))
    }

    private func finish() {
        guard self.context != nil else { return }
        self.releaseEnd()
        self.context = nil
        self.state = .ended
        self.timers.cancelAll()
        self.core.finish()
        for waiter in self.pingWaiters.takeAll() { waiter.resolve(.failure(WebSocketError.notSent)) }
    }

    /// Tells the observer, if there is one; the reporter itself tells when the connection opens and closes.
    func report(_ event: @autoclosure () -> ConnectionEvent.Kind) {
        if self.isObserved { self.core.reporter.report(event()) }
    }

    // MARK: Timers

    func schedule(_ timer: ConnectionTimers.Kind, at time: Duration) {
        guard let context = self.context else { return }
        // A time beyond what the clock can say, 292 years, is as good as never.
        let nanoseconds = TimeAmount(min(time, .nanoseconds(Int64.max))).nanoseconds
        let deadline = NIODeadline.uptimeNanoseconds(UInt64(max(0, nanoseconds)))
        self.timers.start(timer) { number in
            context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.fired(timer, number) }
        }
    }

    private func fired(_ timer: ConnectionTimers.Kind, _ number: ConnectionTimers.Number) {
        guard self.timers.fires(timer, number) else { return }
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

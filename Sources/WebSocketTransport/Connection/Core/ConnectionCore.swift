import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// The state of a connection that is shared by the tasks that use it and the handler on its event loop.
///
/// | state | owner |
/// |---|---|
/// | messages received | `inbound`, a mailbox with its own lock |
/// | their number | `received`, written on the event loop only |
/// | frames to send, closing handshake, waiting senders | `state`, one lock |
/// | parser, keepalive, timers, the channel | the handler, on the event loop only |
///
/// Lock, decide, unlock, act: no task is resumed and no callback is called while the lock is held.
@usableFromInline
final class ConnectionCore: Sendable {
    typealias SenderID = OutboundQueue.SenderID

    /// A sender that waits for room in the queue.
    @usableFromInline
    final class Sender: Sendable {
        let admission = Promise<Result<Void, any Error>>()
        let receipt: SendReceipt?

        init(receipt: SendReceipt?) { self.receipt = receipt }

        /// The message is not sent.
        func fail(_ error: any Error) {
            self.admission.resolve(.failure(error))
            self.receipt?(.failure(error as? WebSocketError ?? .notSent))
        }
    }

    struct State {
        var queue: OutboundQueue
        var nextSender: SenderID = 0
        var senders: [SenderID: Sender] = [:]
        var receipts = SendReceipts()
        var latency: Duration?
        /// The counters, except those of received data, which the event loop counts.
        var counted = (sent: WebSocketTraffic(), messagesDroppedWhileClosing: 0, pingsReceived: 0)
    }

    // The members that each read needs come first, so that they are next to each other in memory.
    let inbound: BatchMailbox<MessageBatch>
    let executor: EventLoopTaskExecutor
    let received = ReceivedTraffic()
    let reporter: ConnectionReporter
    let eventLoop: any EventLoop
    let setup: ConnectionSetup
    let configuration: ConnectionConfiguration
    /// Resolves when the socket is closed and no timer of the connection is left.
    let closed = Promise<WebSocketClosure>()
    let handler: NIOLoopBoundBox<WebSocketChannelHandler?>
    let state: Locked<State>

    /// - Parameters:
    ///   - setup: What is fixed when the connection opens.
    ///   - configuration: How the connection behaves.
    ///   - eventLoop: The event loop of the handler.
    init(_ setup: ConnectionSetup, configuration: ConnectionConfiguration, eventLoop: any EventLoop) {
        self.setup = setup
        self.configuration = configuration
        self.reporter = ConnectionReporter(setup, observer: configuration.observer)
        self.eventLoop = eventLoop
        let queue = configuration.receiveQueue
        let handler = NIOLoopBoundBox<WebSocketChannelHandler?>.makeEmptyBox(eventLoop: eventLoop)
        self.handler = handler
        self.executor = EventLoopTaskExecutor(eventLoop)
        self.inbound = BatchMailbox(
            highMark: .init(bytes: queue.highWaterBytes, elements: queue.highWaterMessages),
            lowShare: queue.lowWaterShare,
            onRoom: { eventLoop.execute { handler.value?.roomMade() } },
            onDrained: { eventLoop.execute { handler.value?.consumerCaughtUp() } }
        )
        let writer = MessageWriter(
            role: setup.role,
            configuration: setup.compression?.configuration ?? PermessageDeflate(),
            deflate: setup.compression?.agreed
        )
        self.state = Locked(
            State(queue: OutboundQueue(writer: writer, highMark: configuration.sendQueue.highWaterBytes))
        )
    }

    // MARK: Reading the state, from any task

    var role: Role { self.setup.role }
    /// The negotiated compression, or nil for none.
    var deflate: NegotiatedDeflate? { self.setup.compression?.agreed }
    var latency: Duration? { self.state.withLock { $0.latency } }
    var queuedBytes: Int { self.state.withLock { $0.queue.queuedBytes } }
    /// The number of senders that wait for room.
    var waitingCount: Int { self.state.withLock { $0.senders.count } }
    /// Whether the event loop has taken all queued frames.
    var isTaken: Bool { self.state.withLock { $0.queue.takenPlace == $0.queue.queuedPlace } }
    var statistics: ConnectionStatistics { self.statistics(self.state.withLock { $0.counted }) }
    var closing: ClosingHandshake { self.state.withLock { $0.queue.closing } }

    // MARK: Sending, from any task

    /// Queues a message or a part of one, and waits for room if there is none.
    ///
    /// - Parameters:
    ///   - item: The message or part.
    ///   - receipt: Called when the item is sent or has failed; not called if this throws before the item is queued.
    /// - Throws: ``WebSocketError`` if it is not queued; `CancellationError`.
    func send(_ item: OutboundItem, receipt: SendReceipt? = nil) async throws {
        if let sender = try self.enqueue(item, receipt: receipt) { try await self.waitForRoom(sender) }
    }

    /// Queues a message or a part of one; without room it adds a waiting sender instead; never waits itself.
    ///
    /// - Parameters:
    ///   - item: The message or part.
    ///   - receipt: Called when the item is sent or has failed.
    ///   - hasWaited: Whether its sender has already waited for room.
    /// - Returns: The sender that must wait for room; nil if the item is queued.
    /// - Throws: ``WebSocketError`` if it is not queued; then the receipt is not called.
    @discardableResult
    func enqueue(
        _ item: OutboundItem,
        receipt: SendReceipt? = nil,
        hasWaited: Bool = false
    ) throws(WebSocketError) -> Sender? {
        guard item.byteCount <= Self.maximumSendBytes else { throw WebSocketError.tooLarge(item.byteCount) }
        let (sender, needsFlush) = try self.state.withLock { state throws(WebSocketError) -> (Sender?, Bool) in
            let id = state.nextSender
            switch hasWaited ? state.queue.sendWithoutWaiting(item, id: id) : state.queue.send(item, id: id) {
            case .refused: throw .notSent
            case .wait:
                let sender = Sender(receipt: receipt)
                state.nextSender += 1
                state.senders[id] = sender
                return (sender, false)
            case let queued:
                if let receipt { state.receipts.add(receipt, place: state.queue.queuedPlace) }
                return (nil, queued == .queuedAndFlush)
            }
        }
        if needsFlush { self.requestFlush() }
        return sender
    }

    /// The maximum size of one message to send, in bytes; the buffer of a write holds 4 GiB.
    static let maximumSendBytes = 1 << 30

    func waitForRoom(_ sender: Sender) async throws {
        let timeout = self.configuration.sendQueue.timeout
        let timer = self.eventLoop.scheduleTask(in: TimeAmount(timeout)) {
            self.giveUp(sender, WebSocketError.sendTimedOut(after: timeout))
        }
        defer { timer.cancel() }
        try await withTaskCancellationHandler {
            try await sender.admission.wait().get()
        } onCancel: {
            self.giveUp(sender, CancellationError())
        }
    }

    /// Removes a waiting sender, unless its message was queued in the meantime.
    private func giveUp(_ sender: Sender, _ error: any Error) {
        let stillWaited = self.state.withLock { state -> Bool in
            guard let id = state.senders.first(where: { $0.value === sender })?.key else { return false }
            state.senders[id] = nil
            return state.queue.giveUp(id)
        }
        if stillWaited { sender.fail(error) }
    }

    /// Gives back the right to send a message in parts, unused.
    func returnTurn() {
        let (senders, onSend) = self.state.withLock { state in
            let (released, onSend) = state.queue.returnTurn()
            return (Self.admit(&state, released), onSend)
        }
        if onSend == .queuedAndFlush { self.requestFlush() }
        for sender in senders { sender.admission.resolve(.success(())) }
    }

    /// Ends the connection because a message can't be ended.
    func failMessage(_ error: any Error) {
        self.eventLoop.execute {
            // A Close frame of ours, or our answer to the peer's, also ends the message. That is not a failure.
            guard let handler = self.handler.value, handler.life.isOpen else { return }
            handler.fail(
                WebSocketError(.messageAbandoned, "A message that was sent in parts was not ended.", cause: error),
                telling: CloseFrame(.internalError, reason: "message abandoned")
            )
        }
    }

    func sendRaw(_ bytes: [UInt8], areFrames: Bool) {
        self.perform { $0.sendRaw(bytes, areFrames: areFrames) }
    }

    /// Changes the queue under the lock, then requests a flush if one is needed.
    func perform(_ change: (inout OutboundQueue) -> OutboundQueue.OnSend) {
        let outcome = self.state.withLock { change(&$0.queue) }
        if outcome == .queuedAndFlush { self.requestFlush() }
    }

    /// Requests a write of all queued frames after the current work of the event loop, so that a burst is one write.
    func requestFlush() {
        if self.eventLoop.inEventLoop, self.handler.value?.flushesAtRelease() == true { return }
        self.eventLoop.execute { self.handler.value?.flush() }
    }

    // MARK: Closing, from any task

    /// Queues our Close frame after all queued frames, and so limits the remaining life of the connection.
    func beginClose(_ frame: CloseFrame) {
        let (senders, outcome) = self.state.withLock { state in
            let outcome = state.queue.close { $0.close(frame) }
            return (Self.takeSenders(&state, state.queue.dropWaiting()), outcome)
        }
        if outcome == .queuedAndFlush { self.requestFlush() }
        for sender in senders { sender.fail(WebSocketError.notSent) }
        self.eventLoop.execute { self.handler.value?.closeQueued() }
    }

    func abort() {
        self.eventLoop.execute { self.handler.value?.end(.aborted) }
    }

    func abort(after delay: Duration) {
        self.eventLoop.execute { self.handler.value?.limitLife(to: delay) }
    }

    func ping(_ answer: Promise<Result<Duration, any Error>>, isMark: Bool = false) {
        self.eventLoop.execute {
            guard let handler = self.handler.value else {
                answer.resolve(.failure(WebSocketError.notSent))
                return
            }
            handler.ping(answer, isMark: isMark)
        }
    }

    func forgetPing(_ answer: Promise<Result<Duration, any Error>>) {
        self.eventLoop.execute { self.handler.value?.forgetPing(answer) }
    }

    /// Removes these senders from the waiting ones, because their messages are queued now.
    static func admit(_ state: inout State, _ ids: [SenderID]) -> [Sender] {
        let senders = self.takeSenders(&state, ids)
        for receipt in senders.compactMap(\.receipt) { state.receipts.add(receipt, place: state.queue.queuedPlace) }
        return senders
    }

    static func takeSenders(_ state: inout State, _ ids: [SenderID]) -> [Sender] {
        ids.compactMap { state.senders.removeValue(forKey: $0) }
    }
}

import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Events of an agent stream in their order, with the number of the first one.
struct AgentEventBatch: Sendable {
    /// The number of the first event, counted from 0 since the stream was opened.
    var first: Int
    var events: [AgentEvent]
}

/// Where the messages of an agent stream go: events to the consumer, answers to their callers, requests of the server
/// to the handler.
///
/// Answers never wait. Events and requests do, so the reader stops at their limits; but while one of our requests has
/// no answer it goes on up to a limit in bytes, because the answer is behind the events.
final class AgentEventSink: StreamSink {
    static var accompaniesReading: Bool { true }

    let mailbox: BatchMailbox<AgentEventBatch>
    private let exchange: AgentExchange
    private let responder: AgentResponder
    private let initialization: AgentInitialization
    private let gate: ReaderGate
    private let maximumHeldBytes: Int
    /// The limit while the stream ends: the event queue plus the receive queue of the connection.
    private let limitWhileEnding: BatchMailbox<AgentEventBatch>.Cost
    private let received = Locked(Received())

    private struct Received {
        var count = 0
        /// When the last event came, in milliseconds since 1970; nil before the first one.
        var last: Int64?
    }

    init(
        _ settings: AgentStreamConfiguration,
        _ configuration: AgentRuntimeConfiguration,
        exchange: AgentExchange,
        responder: AgentResponder,
        initialization: AgentInitialization
    ) {
        (self.gate, self.exchange, self.responder) = (ReaderGate(), exchange, responder)
        self.initialization = initialization
        self.maximumHeldBytes = settings.maximumHeldBytes
        let queue = configuration.connection.receiveQueue
        self.limitWhileEnding = .init(
            bytes: configuration.maximumQueuedBytes + queue.highWaterBytes,
            elements: configuration.maximumQueuedEvents + queue.highWaterMessages
        )
        let relay = Locked<@Sendable () -> Void>({})
        self.mailbox = BatchMailbox(
            highMark: .init(bytes: configuration.maximumQueuedBytes, elements: configuration.maximumQueuedEvents),
            lowShare: 0.5,
            onRoom: { relay.withLock { $0 }() }
        )
        // Room in one of the two queues does not help if the other one is full.
        let reconsider: @Sendable () -> Void = { [weak self] in self?.reconsider() }
        relay.withLock { $0 = reconsider }
        responder.notify(reconsider)
        exchange.notify(reconsider)
    }

    /// The number of events that have come.
    var receivedCount: Int { self.received.withLock { $0.count } }
    /// When the last event came, in milliseconds since 1970; nil before the first one.
    var lastEvent: Int64? { self.received.withLock { $0.last } }

    // MARK: The reader

    func put(
        _ messages: [AgentStreamMessage],
        bytes: Int,
        wasFilled: Bool,
        resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) -> OnPut {
        var events: [AgentEvent] = []
        var requests: [AgentServerRequest] = []
        for message in messages {
            switch message {
            case .event(let event): events.append(event)
            case .request(let request): requests.append(request)
            case .response, .errorResponse: continue
            }
        }
        let isDropped = wasFilled && self.gate.isForcedOpen && self.isOverLimitWhileEnding
        if !isDropped {
            // Before the answers: a caller that has its answer finds the events that came before it.
            self.push(events, bytes: bytes, resume)
            self.responder.push(requests)
        }
        for message in messages { self.deliver(message) }
        if isDropped, !events.isEmpty { return .dropped }
        return self.mayGoOn() ? .queued : .filled
    }

    private func push(
        _ events: [AgentEvent],
        bytes: Int,
        _ resume: (UnsafeContinuation<MailboxWake, Never>) -> Void
    ) {
        guard !events.isEmpty else { return }
        for event in events where event.type == .error && event.exitCode != nil { self.initialization.agentEnded() }
        let now = UnixClock.milliseconds()
        let first = self.received.withLock { received in
            received.last = now
            defer { received.count += events.count }
            return received.count
        }
        let batch = AgentEventBatch(first: first, events: events)
        let (_, waiter) = self.mailbox.pushing(batch, cost: .init(bytes: bytes, elements: events.count))
        if let waiter { if waiter.isElsewhere { resume(waiter.continuation) } else { waiter.resume(.more) } }
    }

    private func deliver(_ message: AgentStreamMessage) {
        switch message {
        case .response(let response): self.exchange.received(response.id, .success(response.payload))
        case .errorResponse(let response): self.exchange.received(response.id, .failure(response.error))
        case .event, .request: return
        }
    }

    private var isOverLimitWhileEnding: Bool {
        let queued = self.mailbox.queued
        return queued.bytes >= self.limitWhileEnding.bytes || queued.elements >= self.limitWhileEnding.elements
    }

    /// Whether the reader may go on; if too much waits for the consumer, the requests without an answer fail.
    private func mayGoOn() -> Bool {
        guard self.mailbox.isOverHighMark || self.responder.isFull else { return true }
        #if RED_CONTROLS
        if RedControl.isActive(.agentAnswerWaitsForTheConsumer) { return false }
        #endif
        guard self.exchange.isPending else { return false }
        #if RED_CONTROLS
        if RedControl.isActive(.agentHeldBytesUnbounded) { return true }
        #endif
        if self.mailbox.queued.bytes + self.responder.queuedBytes < self.maximumHeldBytes { return true }
        self.exchange.heldBack()
        return false
    }

    /// There is room, or a request begins to wait for its answer: the reader may go on.
    private func reconsider() { if self.mayGoOn() { self.gate.letReaderPass() } }

    func waitForRoom() async {
        await withCheckedContinuation { reader in
            self.gate.wait(reader)
            // The consumer may have made room, or a request may have begun, before the reader came to the gate.
            self.reconsider()
        }
    }

    func whileReading(_ receive: () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            // Not on the executor of the reader, which is an event loop: a handler may take its time.
            group.addTask(executorPreference: globalConcurrentExecutor) { await self.responder.answerRequests() }
            await receive()
            // No answer can be sent any more.
            self.responder.stop()
        }
    }

    // MARK: The end

    func stopWaiting() {
        self.gate.stayOpen()
        self.responder.stop()
    }

    /// Frees queued events, and drops later ones.
    func discard() {
        self.mailbox.discard()
        self.gate.letReaderPass()
    }

    func finish(_ error: (any Error)?) {
        self.exchange.ended()
        self.mailbox.finish(error)
    }
}

import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

// Turns each read of the socket into one batch, and delivers it once.
extension WebSocketChannelHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // SwiftNIO may still read bytes that came before we closed the connection.
        guard self.life.takesBytes else { return }
        self.flushTurn.hold()
        let buffer = self.unwrapInboundIn(data)
        let hasData = self.largeRead == nil ? self.receive(buffer) : self.receiveLarge(buffer)
        let now = self.now()
        self.keepalive?.receivedAnything(now: now)
        if hasData { self.lastMessage = now }
    }

    /// Takes a read into the shared buffer, or into that of TLS.
    func receive(_ buffer: ByteBuffer) -> Bool {
        let hasData = buffer.withUnsafeReadableBytesWithStorageManagement { bytes, storage in
            self.reads.receive(bytes, in: self.readBuffer?.memory(of: buffer, storage))
        }
        self.readBuffer?.giveBack(buffer)
        // Most reads are small, and after a small one it may wait.
        if buffer.readableBytes >= 4096, let message = self.reads.largeMessage { self.beginHolding(message) }
        return hasData
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.core.executor.keepingNext { self.deliverBatch() }
        // Only now, so that all answers to this read leave in one write.
        self.releaseFlushes()
        // No other handler needs this event. This comes last, because a task may do anything to the connection.
        self.core.executor.runKept()
    }

    func read(context: ChannelHandlerContext) {
        if self.backpressure.mayRead() { context.read() }
    }

    /// Delivers the batch of this read: messages to the consumer, control frames to their state machines.
    private func deliverBatch() {
        let traffic = self.reads.takeTraffic()
        guard !self.reads.isEmpty else { return self.count(traffic) }
        // Control frames do not go into the queue: it limits only messages, so a peer could fill it with Pings.
        let controls = self.reads.takeControls()
        let violation = self.reads.takeViolation()
        // Our Pongs come before the answers of a fast consumer: a Ping is older than the message that was completed
        // after it.
        for control in controls { self.received(control.content) }
        if let messages = self.reads.takeMessages() { self.push(messages, traffic) } else { self.count(traffic) }
        // No message follows a Close frame or a violation.
        if case .close(let frame) = controls.last?.content { self.receivedClose(frame) }
        if let violation { self.fail(violation) }
    }

    private func push(_ batch: consuming MessageBatch, _ traffic: WebSocketTraffic) {
        let cost = BatchMailbox<MessageBatch>.Cost(bytes: batch.byteCount, elements: batch.count)
        let messages = cost.elements - batch.inbound.continuedCount
        switch self.backpressure.received(
            isFull: self.core.inbound.isOverHighMark,
            isTooMuch: self.core.inbound.queued.bytes > self.mostBytesWhilePaused - cost.bytes
        ) {
        case .queue: break
        case .drop: return self.count(traffic, dropped: messages)
        case .tooMuch: return self.end(.failed(.receivedTooMuch(self.mostBytesWhilePaused)))
        }
        var traffic = traffic
        (traffic.messages, traffic.payloadBytes) = (messages, cost.bytes)
        self.core.received.add(traffic)
        let mayGoOn = self.core.inbound.push(batch, cost: cost)
        self.report(.received(traffic, queue: self.queueDepth))
        guard !mayGoOn, self.life.isOpen, self.backpressure.passedHighMark() else { return }
        self.keepalive?.pausedReading()
        self.report(.readingPaused(self.queueDepth))
    }

    private var mostBytesWhilePaused: Int {
        let configuration = self.core.configuration
        let (sum, overflow) = configuration.receiveQueue.highWaterBytes
            .addingReportingOverflow(configuration.limits.maximumMessageBytes)
        return overflow ? .max : sum
    }

    private var queueDepth: ConnectionEvent.QueueDepth { .init(self.core.inbound.queued) }

    /// Counts a read that completed no message.
    private func count(_ traffic: WebSocketTraffic, dropped: Int = 0) {
        guard traffic.wireBytes > 0 else { return }
        self.core.received.add(traffic)
        if dropped > 0 { self.core.countDropped(dropped) }
        self.report(.received(traffic, queue: self.queueDepth))
    }

    /// The consumer made room.
    func roomMade() {
        // The queue may be full again.
        guard self.backpressure.isPaused, !self.core.inbound.isOverHighMark else { return }
        self.resume(self.backpressure.roomMade())
    }

    func resume(_ resumption: Backpressure.Resumption?) {
        guard let resumption else { return }
        self.lastMessage = self.now()
        self.keepalive?.resumedReading(now: self.lastMessage)
        self.report(.readingResumed(self.queueDepth))
        if resumption.readsNow { self.context?.read() }
    }

    private func received(_ control: ControlFrame.Content) {
        switch control {
        case .ping(let payload):
            self.core.countPing()
            self.core.sendPong(payload)
        case .pong(let payload): self.receivedPong(payload)
        case .close: break
        }
    }

    private func receivedPong(_ payload: [UInt8]) {
        let answered = self.pings.receivedPong(payload, now: self.now())
        if let latest = answered.last {
            self.core.note(latency: latest.roundTrip)
            self.report(.pongReceived(roundTrip: latest.roundTrip))
        }
        for (id, roundTrip) in answered {
            for waiter in self.pingWaiters.take(id) { waiter.resolve(.success(roundTrip)) }
        }
    }

    private func fail(_ violation: ProtocolViolation) {
        self.fail(
            WebSocketError(.protocolViolation, violation.message, cause: violation),
            telling: CloseFrame(violation.closeCode, reason: violation.message)
        )
    }
}

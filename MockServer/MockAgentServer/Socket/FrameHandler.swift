import NIOCore
import WebSocketProtocol

/// Reads the frames of one WebSocket, and writes what its ``MockSocket`` has queued.
final class FrameHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    let socket: MockSocket
    private let onMessage: @Sendable (WebSocketMessage) -> Void
    private var reader: MessageReader
    private var batch = InboundBatch()
    private var context: ChannelHandlerContext?
    private var isEnding = false

    init(
        socket: MockSocket,
        deflate: NegotiatedDeflate?,
        onMessage: @escaping @Sendable (WebSocketMessage) -> Void
    ) {
        (self.socket, self.onMessage) = (socket, onMessage)
        self.reader = MessageReader(role: .server, limits: socket.terms.limits, deflate: deflate)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.socket.attach(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.socket.ended()
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !self.socket.isDeaf, !self.isEnding else { return }
        self.unwrapInboundIn(data).withUnsafeReadableBytes { self.reader.receive($0, into: &self.batch) }
        var batch = InboundBatch()
        swap(&batch, &self.batch)
        let controls = batch.takeControls()
        var next = 0
        for index in 0..<batch.count {
            while next < controls.count, controls[next].messagesBefore <= index {
                self.received(controls[next])
                next += 1
            }
            // After a text that is not JSON, agentctl reads nothing more, not even what it already has.
            guard !self.socket.isDeaf else { return }
            self.onMessage(batch[index])
        }
        for control in controls[next...] where !self.socket.isDeaf { self.received(control) }
        guard let violation = batch.violation, !self.socket.isDeaf else { return }
        self.socket.beginClose(CloseFrame(violation.closeCode, reason: violation.message))
        self.endInOrder()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.flush()
        context.fireChannelReadComplete()
    }

    private func received(_ control: ControlFrame) {
        switch control.content {
        case .ping(let payload): if self.socket.answersPing() { self.socket.queueControl(.pong, payload) }
        case .pong(let payload): self.socket.receivedPong(payload)
        case .close(let frame): self.receivedClose(frame)
        }
    }

    private func receivedClose(_ frame: CloseFrame) {
        let isOurs = self.socket.receivedClose(frame)
        guard !isOurs, let time = self.socket.terms.timeAfterClose else { return self.endInOrder() }
        self.flush()
        self.end(in: time)
    }

    // MARK: Writing

    /// Writes everything that is queued.
    func flush() {
        guard let context = self.context else { return }
        let buffer = self.socket.takePending()
        guard buffer.readableBytes > 0 else { return }
        let count = buffer.readableBytes
        context.writeAndFlush(NIOAny(buffer)).whenComplete { [socket] _ in socket.wrote(count) }
        if self.socket.terms.pausesWhenFull, !context.channel.isWritable { self.setReading(false) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if self.socket.terms.pausesWhenFull, context.channel.isWritable { self.setReading(true) }
        context.fireChannelWritabilityChanged()
    }

    func setReading(_ isOn: Bool) {
        // A closed channel refuses the change, but needs none.
        try? self.context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    // MARK: Ending

    /// Ends the TCP connection after all that is queued.
    func endInOrder() {
        self.flush()
        self.isEnding = true
        if let channel = self.context?.channel { SocketClose.inOrder(channel) }
    }

    /// Ends the TCP connection at once.
    func abort() { self.context?.close(promise: nil) }

    /// Ends the TCP connection after a time.
    func end(in delay: Duration) {
        guard let channel = self.context?.channel else { return }
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}

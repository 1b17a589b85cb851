import NIOCore
import WebSocketProtocol

/// Reads one request, has it answered, and gives its place to the connection's handler.
final class ServerHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// The head is not complete; can become `answering` or `done`.
        case reading
        /// The request is with the server; can become `done`.
        case answering(HTTPRequestHead)
        /// Answered, or the client is gone.
        case done
    }

    private let configuration: WebSocketServerConfiguration
    private let handshake: ServerHandshake
    private let onRequest: (ServerRequest) -> Void
    private let onOpen: (ConnectionCore) -> Void
    private var parser: HTTPHeadParser<HTTPRequestHead>
    private var state = State.reading
    private var rest = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?

    init(
        configuration: WebSocketServerConfiguration,
        handshake: ServerHandshake,
        onRequest: @escaping (ServerRequest) -> Void,
        onOpen: @escaping (ConnectionCore) -> Void
    ) {
        self.configuration = configuration
        self.handshake = handshake
        self.onRequest = onRequest
        self.onOpen = onOpen
        self.parser = HTTPHeadParser(limits: configuration.handshakeLimits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.timer = context.eventLoop.assumeIsolated().scheduleTask(
            in: TimeAmount(self.configuration.handshakeTimeout)
        ) { self.timedOut() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.context = nil
        self.state = .done
    }

    private func timedOut() {
        guard case .reading = self.state else { return }
        self.context?.close(promise: nil)
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        switch self.state {
        case .reading: self.read(&buffer, context: context)
        case .answering: self.hold(&buffer, context: context)
        // The rest of a refused request; taken, or closing would reset the connection and lose the answer.
        case .done: break
        }
    }

    private func read(_ buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        do throws(HandshakeError) {
            let outcome = try Self.feed(&self.parser, buffer)
            guard case .complete(let head, let consumed) = outcome else { return }
            buffer.moveReaderIndex(forwardBy: consumed)
            self.rest = ByteBuffer(buffer: buffer)
            self.received(head, context: context)
        } catch {
            self.state = .done
            self.respond(ServerHandshakeRefusal(error).serialize())
        }
    }

    /// Bytes that a client sends before it has its answer; a polite one waits, so little room is enough, and reading
    /// stops beyond it.
    private func hold(_ buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        self.rest.writeBuffer(&buffer)
        let isCompressed = self.configuration.compression != nil
        let room = min(64 * 1024, self.configuration.connection.readBytes(isCompressed: isCompressed))
        guard self.rest.readableBytes > room else { return }
        self.setReading(false, context: context)
    }

    /// A channel that is closed already refuses the option, which is as good.
    private func setReading(_ isOn: Bool, context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    private static func feed(
        _ parser: inout HTTPHeadParser<HTTPRequestHead>,
        _ buffer: ByteBuffer
    ) throws(HandshakeError) -> HTTPHeadParser<HTTPRequestHead>.OnReceive {
        try buffer.withUnsafeReadableBytes { bytes in
            let span = Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return Result { () throws(HandshakeError) in try parser.receive(span) }
        }.get()
    }

    private func received(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        self.state = .answering(head)
        self.timer?.cancel()
        let isUpgrade = if case .notUpgrade = self.handshake.evaluate(head) { false } else { true }
        let responder = ServerResponder(self, eventLoop: context.eventLoop)
        self.onRequest(ServerRequest(head: head, isUpgrade: isUpgrade, responder: responder))
    }

    // MARK: Answering

    func accept() throws(WebSocketError) -> WebSocketConnection {
        guard case .answering(let head) = self.state, let context = self.context else {
            throw WebSocketError(.connectionLost, "The client is gone.")
        }
        switch self.handshake.evaluate(head) {
        case .notUpgrade(let refusal), .refuse(let refusal):
            self.respond(refusal.serialize())
            throw WebSocketError(.handshakeFailed, refusal.error.message, cause: refusal.error)
        case .accept(let acceptance):
            return try self.open(acceptance, context: context)
        }
    }

    private func open(
        _ acceptance: ServerHandshakeAcceptance,
        context: ChannelHandlerContext
    ) throws(WebSocketError) -> WebSocketConnection {
        let compression = self.configuration.compression
        let accepted = compression?.accept(acceptance.offeredExtensions)
        let core = ConnectionCore(
            role: .server,
            configuration: self.configuration.connection,
            compression: compression.flatMap { configuration in accepted.map { (configuration, $0.agreed) } },
            eventLoop: context.eventLoop
        )
        let connection = WebSocketConnection(core: core, subprotocol: acceptance.subprotocol)
        do {
            let response = try acceptance.response(acceptedExtensions: accepted.map { [$0.response] } ?? [])
            try context.pipeline.syncOperations.addHandler(
                WebSocketChannelHandler(core: core),
                position: .after(self)
            )
            self.state = .done
            context.write(self.wrapOutboundOut(ByteBuffer(bytes: response.serialize())), promise: nil)
            // Known to the server before the client can know, but behind the response: it may close at once.
            self.onOpen(core)
            context.flush()
        } catch {
            throw WebSocketError(.connectionLost, "The client is gone.", cause: error)
        }
        self.forwardRest(context)
        return connection
    }

    private func forwardRest(_ context: ChannelHandlerContext) {
        if self.rest.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(self.rest))
            context.fireChannelReadComplete()
        }
        self.setReading(true, context: context)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// Writes a plain answer, none if empty, and closes the socket behind it.
    func respond(_ bytes: [UInt8]) {
        self.state = .done
        self.rest = ByteBuffer()
        guard let context = self.context else { return }
        self.setReading(true, context: context)
        let channel = context.channel
        let linger = self.configuration.connection.closing.linger
        // A client that does not read its answer may not hold the socket for ever.
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(self.configuration.connection.sendQueue.timeout)) {
            channel.close(promise: nil)
        }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes))).whenComplete { _ in
            Self.finish(channel, linger: linger)
        }
    }

    /// Unread bytes would turn the close into a reset that takes the answer with it: the output ends first.
    private static func finish(_ channel: any Channel, linger: Duration) {
        channel.close(mode: .output, promise: nil)
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(linger)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}

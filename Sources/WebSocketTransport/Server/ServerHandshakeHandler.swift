import Logging
import NIOCore
import WebSocketProtocol

/// Reads one request and gets it answered; then the handler of the connection takes its place in the pipeline.
final class ServerHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// The head is not complete; can become `answering` or `done`.
        case reading
        /// The server has the request; can become `done`.
        case answering(HTTPRequestHead)
        /// The request is answered, or the client has closed the connection.
        case done
    }

    private let configuration: WebSocketServerConfiguration
    private let onRequest: (ServerRequest) -> Void
    private let onOpen: (ConnectionCore) -> Void
    private var parser: HTTPHeadParser<HTTPRequestHead>
    private var state = State.reading
    private var rest = ByteBuffer()
    private var context: ChannelHandlerContext?
    /// Limits the time for the head, then the time for the answer.
    private var timer: Scheduled<Void>?
    private var isUpgrade = false

    init(
        configuration: WebSocketServerConfiguration,
        onRequest: @escaping (ServerRequest) -> Void,
        onOpen: @escaping (ConnectionCore) -> Void
    ) {
        self.configuration = configuration
        self.onRequest = onRequest
        self.onOpen = onOpen
        self.parser = HTTPHeadParser(limits: configuration.handshakeLimits)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        self.startTimer(self.configuration.handshakeTimeout, context: context)
    }

    private func startTimer(_ timeout: Duration?, context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.timer = timeout.map { timeout in
            context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(timeout)) { self.timedOut() }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.timer?.cancel()
        self.context = nil
        self.state = .done
    }

    private func timedOut() {
        switch self.state {
        case .reading:
            self.logNotOpened("handshakeTimedOut")
            self.context?.close(promise: nil)
        case .answering: self.answer(PlainAnswer.answeredTooLate, reason: "answerTimedOut")
        case .done: break
        }
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        switch self.state {
        case .reading: self.read(&buffer, context: context)
        case .answering: self.hold(&buffer, context: context)
        // The rest of a refused request is read: unread bytes would make the close a reset, and lose the answer.
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
            self.refuse(ServerHandshakeRefusal(error))
        }
    }

    /// Keeps bytes that a client sends before it has its answer.
    ///
    /// Clients normally wait for the answer, so a small buffer is enough; when it is full, reading stops.
    private func hold(_ buffer: inout ByteBuffer, context: ChannelHandlerContext) {
        self.rest.writeBuffer(&buffer)
        let isCompressed = self.configuration.compression != nil
        let room = min(64 * 1024, self.configuration.connection.readBytes(isCompressed: isCompressed))
        guard self.rest.readableBytes > room else { return }
        self.setReading(false, context: context)
    }

    /// A closed channel refuses the change, but needs none.
    private func setReading(_ isOn: Bool, context: ChannelHandlerContext) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    private static func feed(
        _ parser: inout HTTPHeadParser<HTTPRequestHead>,
        _ buffer: ByteBuffer
    ) throws(HandshakeError) -> HTTPHeadParser<HTTPRequestHead>.OnReceive {
        try buffer.withUnsafeReadableBytes { bytes in
            // The span does not leave this closure, in which the bytes exist.
            let span = Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return Result { () throws(HandshakeError) in try parser.receive(span) }
        }.get()
    }

    private func received(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        self.state = .answering(head)
        self.startTimer(self.configuration.answerTimeout, context: context)
        self.isUpgrade = head.asksForWebSocket
        self.onRequest(
            ServerRequest(
                head: head,
                isUpgrade: self.isUpgrade,
                options: AcceptOptions(self.configuration),
                responder: ServerResponder(self, eventLoop: context.eventLoop)
            )
        )
    }

    // MARK: Answering

    func accept(
        _ options: AcceptOptions,
        _ handshake: ServerHandshake
    ) throws(WebSocketError) -> WebSocketConnection {
        guard case .answering(let head) = self.state, let context = self.context else {
            throw WebSocketError(.connectionLost, "The client is gone, or was told that the answer takes too long.")
        }
        switch handshake.evaluate(head) {
        case .notUpgrade(let refusal), .refuse(let refusal):
            self.refuse(refusal)
            throw WebSocketError(.handshakeFailed, refusal.error.message, cause: refusal.error)
        case .accept(let acceptance):
            let logger = self.configuration.logger.naming("path", String(head.path))
            return try self.open(acceptance, options, logger, context: context)
        }
    }

    private func open(
        _ acceptance: ServerHandshakeAcceptance,
        _ options: AcceptOptions,
        _ logger: Logger,
        context: ChannelHandlerContext
    ) throws(WebSocketError) -> WebSocketConnection {
        let compression = options.compression
        let accepted = compression?.accept(acceptance.offeredExtensions)
        let setup = ConnectionSetup(
            role: .server,
            subprotocol: acceptance.subprotocol,
            compression: compression.flatMap { configuration in accepted.map { (configuration, $0.agreed) } },
            logger: logger
        )
        let core = ConnectionCore(setup, configuration: options.connection, eventLoop: context.eventLoop)
        let connection = WebSocketConnection(core: core)
        do {
            let response = try acceptance.response(acceptedExtensions: accepted.map { [$0.response] } ?? [])
            try context.pipeline.syncOperations.addHandler(
                WebSocketChannelHandler(core: core),
                position: .after(self)
            )
            self.state = .done
            context.write(self.wrapOutboundOut(ByteBuffer(bytes: response.serialize())), promise: nil)
            // The server must know the connection before the client can, but after the response is queued: it may close
            // at once.
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

    /// Answers without opening a WebSocket; only the first answer is used.
    ///
    /// - Parameters:
    ///   - bytes: Head and body, or nothing.
    ///   - reason: Why there is no WebSocket, for the log.
    func answer(_ bytes: [UInt8], reason: String) {
        guard case .answering = self.state else { return }
        self.respond(bytes, reason: reason)
    }

    /// Refuses the request; the log gets only the code, because the message may quote the client.
    private func refuse(_ refusal: ServerHandshakeRefusal) {
        self.respond(refusal.serialize(), reason: "\(refusal.error.code)")
    }

    /// Writes a plain answer, or none if it is empty, and then closes the socket.
    private func respond(_ bytes: [UInt8], reason: String) {
        self.logNotOpened(reason)
        self.state = .done
        self.rest = ByteBuffer()
        guard let context = self.context else { return }
        self.setReading(true, context: context)
        PlainAnswer.send(bytes, in: context, bounds: self.configuration.connection)
    }

    private func logNotOpened(_ reason: String) {
        let path = if case .answering(let head) = self.state { head.path[...] } else { "" as Substring }
        self.configuration.logger.debug(
            self.isUpgrade || path.isEmpty ? "WebSocket refused" : "Request answered",
            metadata: ["reason": "\(reason)", "path": "\(path)"]
        )
    }
}

import NIOCore
import WebSocketProtocol

/// Reads requests one after the other, and writes their answers; a WebSocket's ``FrameHandler`` takes its place.
///
/// ```
///   head ──► body ──► answering ──► head        (kept for the next request)
///     └────────┴───────────┴──────► done        (refused, closed, or a WebSocket)
/// ```
final class HTTPHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private enum State {
        /// The head is not complete; can become `body` or `done`.
        case head
        /// The body is not complete; can become `answering` or `done`.
        case body(HTTPRequestHead, HTTPBody)
        /// The task of the request has it; can become `head` or `done`.
        case answering
        /// Nothing more is read.
        case done
    }

    /// Bytes that are kept while a request is answered; then reading stops.
    private static let maximumHeldBytes = 64 * 1024

    private let onRequest: (MockRequest) -> Void
    private let onOpen: (MockSocket) -> Void
    private var parser = HTTPHeadParser<HTTPRequestHead>(limits: HandshakeLimits())
    private var state = State.head
    private var buffer = ByteBuffer()
    private var context: ChannelHandlerContext?

    init(onRequest: @escaping (MockRequest) -> Void, onOpen: @escaping (MockSocket) -> Void) {
        (self.onRequest, self.onOpen) = (onRequest, onOpen)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        self.state = .done
    }

    // A socket that fails is closed by SwiftNIO. There is nothing to say to its client.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .done = self.state { return }
        var buffer = self.unwrapInboundIn(data)
        self.buffer.writeBuffer(&buffer)
        self.advance()
        guard case .answering = self.state, self.buffer.readableBytes > Self.maximumHeldBytes else { return }
        self.setReading(false)
    }

    private func advance() {
        do {
            while self.buffer.readableBytes > 0 || self.isBodyComplete, try self.step() {}
        } catch {
            self.refuse()
        }
        self.buffer.discardReadBytes()
    }

    private var isBodyComplete: Bool {
        if case .body(_, let body) = self.state { body.isComplete } else { false }
    }

    /// - Returns: Whether more bytes may be read now.
    private func step() throws -> Bool {
        switch self.state {
        case .head:
            guard let head = try self.readHead() else { return false }
            self.state = .body(head, try HTTPBody(head))
            return true
        case .body(let head, var body):
            if !body.isComplete {
                let consumed = try body.receive(Array(self.buffer.readableBytesView)[...])
                self.buffer.moveReaderIndex(forwardBy: consumed)
            }
            guard body.isComplete else {
                self.state = .body(head, body)
                return false
            }
            self.received(head, body.bytes)
            return true
        case .answering, .done: return false
        }
    }

    private func readHead() throws(HandshakeError) -> HTTPRequestHead? {
        let result = self.buffer.withUnsafeReadableBytes { bytes in
            let span = Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return Result { () throws(HandshakeError) in try self.parser.receive(span) }
        }
        switch try result.get() {
        case .needMoreBytes:
            self.buffer.clear()
            return nil
        case .complete(let head, let consumed):
            self.buffer.moveReaderIndex(forwardBy: consumed)
            return head
        }
    }

    private func received(_ head: HTTPRequestHead, _ body: [UInt8]) {
        guard let context = self.context else { return }
        self.state = .answering
        self.onRequest(MockRequest(head: head, body: body, handler: self, eventLoop: context.eventLoop))
    }

    /// A request that can't be read ends the TCP connection, as in Go.
    private func refuse() {
        self.state = .answering
        let text = "400 Bad Request"
        let head = "HTTP/1.1 \(text)\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
        self.answer(Array("\(head)\(text)".utf8), closes: true)
    }

    private func setReading(_ isOn: Bool) {
        // A closed channel refuses the change, but needs none.
        try? self.context?.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }

    // MARK: Answering

    /// Writes an answer, or none if it is empty.
    func answer(_ bytes: [UInt8], closes: Bool) {
        guard case .answering = self.state, let context = self.context else { return }
        guard !bytes.isEmpty else {
            self.state = .done
            return context.close(promise: nil)
        }
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)), promise: nil)
        self.setReading(true)
        guard closes else {
            self.state = .head
            return self.advance()
        }
        self.state = .done
        SocketClose.inOrder(context.channel)
    }

    /// Sends the 101, and hands the connection over.
    ///
    /// - Returns: What `open` made of the socket; nil if the client is gone.
    func accept<Session>(
        _ acceptance: ServerHandshakeAcceptance,
        _ terms: SocketTerms,
        _ open: (MockSocket) -> (Session, @Sendable (WebSocketMessage) -> Void)
    ) -> Session? {
        guard case .answering = self.state, let context = self.context, context.channel.isActive else { return nil }
        let accepted = terms.compression?.accept(acceptance.offeredExtensions)
        guard let response = try? acceptance.response(acceptedExtensions: accepted.map { [$0.response] } ?? []) else {
            return nil
        }
        self.state = .done
        let socket = MockSocket(terms: terms, deflate: accepted?.agreed, eventLoop: context.eventLoop)
        // Register before publish: a client that has seen the 101 may broadcast, count or stop at once. What `open`
        // queues waits for the handler of the frames, so it still follows the 101.
        self.onOpen(socket)
        let (session, onMessage) = open(socket)
        let frames = FrameHandler(socket: socket, deflate: accepted?.agreed, onMessage: onMessage)
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: response.serialize())), promise: nil)
        guard (try? context.pipeline.syncOperations.addHandler(frames, position: .after(self))) != nil else {
            socket.ended()
            return session
        }
        // The write may have found that the client is gone; then nobody tells the new handler.
        guard context.channel.isActive else {
            socket.ended()
            return session
        }
        frames.flush()
        self.setReading(true)
        if self.buffer.readableBytes > 0 {
            context.fireChannelRead(NIOAny(self.buffer))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        return session
    }
}

/// The end of a TCP connection after its last bytes.
enum SocketClose {
    /// How long the client may take to end its side.
    private static let linger = TimeAmount.milliseconds(250)

    /// Ends our side after all that is queued, then the whole connection.
    ///
    /// Unread bytes would turn a close into a reset, and the client would lose the last answer.
    static func inOrder(_ channel: any Channel) {
        channel.close(mode: .output, promise: nil)
        let timer = channel.eventLoop.scheduleTask(in: self.linger) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}

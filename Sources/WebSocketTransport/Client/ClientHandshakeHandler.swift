import NIOCore
import WebSocketProtocol

/// Sends the request, reads the response, and gives its place to the connection's handler.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The time for the attempt is over.
    struct DeadlineReached: Sendable {}

    private let request: [UInt8]
    private var reader: ClientHandshakeReader
    private let compression: PermessageDeflate?
    private let configuration: ConnectionConfiguration
    private let result: Dial.Opened

    init(
        _ opening: Dial.Opening,
        configuration: ConnectionConfiguration,
        result: Dial.Opened
    ) {
        self.request = opening.request
        self.reader = opening.reader
        self.compression = opening.compression
        self.configuration = configuration
        self.result = result
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bytes = ByteBuffer(bytes: self.request)
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        do throws(HandshakeError) {
            let outcome = try Self.feed(&self.reader, buffer)
            guard case .opened(let opened, let consumed) = outcome else { return }
            buffer.moveReaderIndex(forwardBy: consumed)
            try self.open(opened, context: context, rest: buffer)
        } catch {
            self.fail(error, context: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(self.reader.errorAtEndOfStream(), context: context)
        context.fireChannelInactive()
    }

    /// A reset, for instance of a server that did not read the request, ends the handshake as an end of stream does.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Below us, TLS has said what is wrong, for instance with our own certificate.
        if let error = error as? WebSocketError { self.result.resolve(.failure(error)) }
        self.fail(self.reader.errorAtEndOfStream(), context: context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DeadlineReached else { return context.fireUserInboundEventTriggered(event) }
        let error = self.reader.errorAtEndOfStream()
        // Anything but a refusal has failed because of the time, not because of the server.
        guard error.refusal != nil else { return }
        self.fail(error, context: context)
    }

    private static func feed(
        _ reader: inout ClientHandshakeReader,
        _ buffer: ByteBuffer
    ) throws(HandshakeError) -> ClientHandshakeReader.OnReceive {
        try buffer.withUnsafeReadableBytes { bytes in
            let span = Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return Result { () throws(HandshakeError) in try reader.receive(span) }
        }.get()
    }

    /// Bytes after the 101 are the first frames.
    private func open(
        _ opened: ClientHandshakeResult,
        context: ChannelHandlerContext,
        rest: ByteBuffer
    ) throws(HandshakeError) {
        let core = ConnectionCore(
            role: .client,
            configuration: self.configuration,
            compression: try self.agreed(opened.extensions),
            eventLoop: context.eventLoop
        )
        let connection = WebSocketConnection(core: core, subprotocol: opened.subprotocol)
        do {
            let handler = WebSocketChannelHandler(core: core)
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
        } catch {
            _ = self.result.resolve(.failure(error))
            return
        }
        self.result.resolve(.success(connection))
        if rest.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(rest))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// At most one extension is offered, so at most one was accepted.
    private func agreed(
        _ accepted: [ExtensionHeader.Element]
    ) throws(HandshakeError) -> (configuration: PermessageDeflate, agreed: NegotiatedDeflate)? {
        guard let compression = self.compression, let response = accepted.first else { return nil }
        return (compression, try compression.agree(on: response))
    }

    private func fail(_ error: HandshakeError, context: ChannelHandlerContext) {
        let code: WebSocketError.Code = error.code == .upgradeRefused ? .upgradeRefused : .handshakeFailed
        self.result.resolve(.failure(WebSocketError(code, error.message, cause: error)))
        context.close(promise: nil)
    }
}

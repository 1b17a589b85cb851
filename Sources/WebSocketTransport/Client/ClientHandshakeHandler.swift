import NIOCore
import WebSocketProtocol

/// Sends the request, reads the response, and gives its place to the connection's handler.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private var reader: ClientHandshakeReader
    private let configuration: ConnectionConfiguration
    private let result: EventLoopPromise<WebSocketConnection>

    init(
        _ opening: Dial.Opening,
        configuration: ConnectionConfiguration,
        result: EventLoopPromise<WebSocketConnection>
    ) {
        self.request = opening.request
        self.reader = opening.reader
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
            self.open(opened, context: context, rest: buffer)
        } catch {
            self.fail(error, context: context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.fail(self.reader.errorAtEndOfStream(), context: context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.result.fail(WebSocketError(.connectFailed, "The connection failed in the handshake.", cause: error))
        context.close(promise: nil)
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
    private func open(_ opened: ClientHandshakeResult, context: ChannelHandlerContext, rest: ByteBuffer) {
        let core = ConnectionCore(role: .client, configuration: self.configuration, eventLoop: context.eventLoop)
        let connection = WebSocketConnection(core: core, subprotocol: opened.subprotocol)
        do {
            let handler = WebSocketChannelHandler(core: core)
            try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
        } catch {
            return self.result.fail(error)
        }
        self.result.succeed(connection)
        if rest.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(rest))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func fail(_ error: HandshakeError, context: ChannelHandlerContext) {
        let code: WebSocketError.Code = error.code == .upgradeRefused ? .upgradeRefused : .handshakeFailed
        self.result.fail(WebSocketError(code, error.message, cause: error))
        context.close(promise: nil)
    }
}

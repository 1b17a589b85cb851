import ConcurrencyPrimitives
import Logging
import NIOCore
import WebSocketProtocol

#if RED_CONTROLS
internal import RedControls
#endif

/// Sends the request and reads the response; then the handler of the connection takes its place in the pipeline.
final class ClientHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let url: WebSocketURL
    private let proxy: WebSocketProxy?
    private let request: [UInt8]
    private var reader: ClientHandshakeReader
    private let compression: PermessageDeflate?
    private let configuration: ConnectionConfiguration
    private let logger: Logger
    private let result: Dial<WebSocketConnection>.Opened
    private let now: () -> Int
    /// The first bytes of the answer, as many as needed to see whether it is HTTP.
    private var beginning: [UInt8] = []

    init(
        _ opening: DialOpening,
        url: WebSocketURL,
        configuration: WebSocketClientConfiguration,
        logger: Logger,
        result: Dial<WebSocketConnection>.Opened,
        now: @escaping () -> Int = SystemTime.seconds
    ) {
        (self.url, self.proxy) = (url, url.socketPath == nil ? configuration.proxy : nil)
        self.request = opening.request
        self.reader = opening.reader
        self.compression = opening.compression
        self.configuration = configuration.connection
        self.logger = logger
        self.result = result
        self.now = now
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bytes = ByteBuffer(bytes: self.request)
        context.writeAndFlush(self.wrapOutboundOut(bytes), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = self.unwrapInboundIn(data)
        self.beginning += buffer.readableBytesView.prefix(Self.protocolName.count - self.beginning.count)
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
        self.ended(NetworkFailure(.ended, "the connection was ended"), context: context)
        context.fireChannelInactive()
    }

    /// Treats a reset like the end of the stream; a server that has not read the request may cause one.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // The TLS handler before us has already found the error, for instance an error in our own certificate.
        if let error = error as? WebSocketError { self.result.resolve(.failure(error)) }
        self.ended(NetworkFailure(error), context: context)
    }

    /// Ends the handshake after the peer ended the connection before its answer was complete.
    ///
    /// This is not a violation of a protocol: a runtime that restarts does it, and a forwarder whose target does not
    /// run. An answer that is not HTTP is a violation, complete or not.
    private func ended(_ failure: NetworkFailure, context: ChannelHandlerContext) {
        let error = self.reader.errorAtEndOfStream()
        #if RED_CONTROLS
        if RedControl.isActive(.cutAnswerIsAViolation) { return self.fail(error, context: context) }
        #endif
        guard error.code == .connectionEnded, Self.protocolName.starts(with: self.beginning) else {
            return self.fail(error, context: context)
        }
        let proxy = self.proxy.map { " through the proxy \($0)" } ?? ""
        let moment = self.beginning.isEmpty ? "before the server had answered" : "in the middle of the server's answer"
        let message = "Can't connect to \(self.url)\(proxy): \(failure.words) \(moment)."
        let known = WebSocketError(
            .connectFailed,
            message,
            reason: failure.reason,
            proxy: self.proxy,
            cause: error
        )
        self.result.resolve(.failure(known))
        context.close(promise: nil)
    }

    private static let protocolName = Array("HTTP/".utf8)

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is DialDeadlineReached else { return context.fireUserInboundEventTriggered(event) }
        let error = self.reader.errorAtEndOfStream()
        // Only a refusal is reported here. All other failures are timeouts, not errors of the server.
        guard error.refusal != nil else { return }
        self.fail(error, context: context)
    }

    private static func feed(
        _ reader: inout ClientHandshakeReader,
        _ buffer: ByteBuffer
    ) throws(HandshakeError) -> ClientHandshakeReader.OnReceive {
        try buffer.withUnsafeReadableBytes { bytes in
            // The span does not leave this closure, in which the bytes exist.
            let span = Span(_unsafeElements: bytes.bindMemory(to: UInt8.self))
            return Result { () throws(HandshakeError) in try reader.receive(span) }
        }.get()
    }

    /// Opens the connection; the bytes after the 101 are the first frames.
    private func open(
        _ opened: ClientHandshakeResult,
        context: ChannelHandlerContext,
        rest: ByteBuffer
    ) throws(HandshakeError) {
        let setup = ConnectionSetup(
            role: .client,
            subprotocol: opened.subprotocol,
            compression: try self.agreed(opened.extensions),
            logger: self.logger
        )
        let core = ConnectionCore(setup, configuration: self.configuration, eventLoop: context.eventLoop)
        let connection = WebSocketConnection(core: core)
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

    /// The terms of compression: at most one extension is offered, so at most one is accepted.
    private func agreed(
        _ accepted: [ExtensionHeader.Element]
    ) throws(HandshakeError) -> (configuration: PermessageDeflate, agreed: NegotiatedDeflate)? {
        guard let compression = self.compression, let response = accepted.first else { return nil }
        return (compression, try compression.agree(on: response))
    }

    private func fail(_ error: HandshakeError, context: ChannelHandlerContext) {
        let known = error.refusal.map { WebSocketError(refusal: $0, error, now: self.now()) }
        self.result.resolve(.failure(known ?? WebSocketError(.handshakeFailed, error.message, cause: error)))
        context.close(promise: nil)
    }
}

import NIOCore

/// Asks a proxy for a tunnel, then leaves the pipeline; early bytes of the server are passed on.
final class TunnelHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var negotiation: any TunnelNegotiation
    private let proxy: WebSocketProxy
    private let established: EventLoopPromise<Void>
    private var received = ByteBuffer()

    init(_ negotiation: any TunnelNegotiation, proxy: WebSocketProxy, established: EventLoopPromise<Void>) {
        (self.negotiation, self.proxy, self.established) = (negotiation, proxy, established)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.send(self.negotiation.begin(), context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes that arrive while this handler leaves.
        guard !self.negotiation.isEstablished else { return context.fireChannelRead(data) }
        var buffer = self.unwrapInboundIn(data)
        self.received.writeBuffer(&buffer)
        do throws(WebSocketError) {
            self.send(try self.negotiation.receive(&self.received), context: context)
        } catch {
            return self.established.fail(error)
        }
        if self.negotiation.isEstablished { self.leave(context) }
    }

    /// Leaves the pipeline after the code that waits for the promise has added its handlers; they get the other bytes.
    private func leave(_ context: ChannelHandlerContext) {
        self.established.succeed()
        if self.received.readableBytes > 0 {
            context.fireChannelRead(self.wrapInboundOut(self.received))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private func send(_ bytes: [UInt8], context: ChannelHandlerContext) {
        guard !bytes.isEmpty else { return }
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.established.fail(self.ended(NetworkFailure(error), cause: error))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.established.fail(self.ended(Self.end))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.established.fail(self.ended(Self.end)) }

    private static let end = NetworkFailure(.ended, "the connection was ended")

    private func ended(_ failure: NetworkFailure, cause: (any Error)? = nil) -> WebSocketError {
        let message = "Can't connect through the proxy \(self.proxy): \(failure.words) before it had answered."
        return WebSocketError(.connectFailed, message, reason: failure.reason, proxy: self.proxy, cause: cause)
    }
}

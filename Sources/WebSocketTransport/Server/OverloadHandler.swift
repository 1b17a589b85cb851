import NIOCore

/// Tells a client that the server is full; it reads no request and starts no task.
final class OverloadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let bounds: ConnectionConfiguration

    init(bounds: ConnectionConfiguration) { self.bounds = bounds }

    func channelActive(context: ChannelHandlerContext) {
        PlainAnswer.send(PlainAnswer.noRoom, in: context, bounds: self.bounds)
        context.fireChannelActive()
    }

    /// Takes and drops the bytes: unread bytes would make the close a reset, and the answer would be lost.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

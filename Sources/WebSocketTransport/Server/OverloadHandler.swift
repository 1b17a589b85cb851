import NIOCore

/// Tells a client that there is no room, whatever it says: no request is read, no task is started.
final class OverloadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let bounds: ConnectionConfiguration

    init(bounds: ConnectionConfiguration) { self.bounds = bounds }

    func channelActive(context: ChannelHandlerContext) {
        PlainAnswer.send(PlainAnswer.noRoom, in: context, bounds: self.bounds)
        context.fireChannelActive()
    }

    /// Taken, or closing would reset the connection and lose the answer.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

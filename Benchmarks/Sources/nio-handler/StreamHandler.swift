import BenchSupport
import NIOCore
import NIOPeer
import NIOWebSocket

/// One of many streams: counts messages, answers Pings, and closes after the server has.
final class StreamHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let tally: Tally?
    private var consumer = FrameConsumer()

    init(tally: Tally?) { self.tally = tally }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = self.unwrapInboundIn(data)
        switch frame.opcode {
        case .ping: context.writeAndFlush(self.wrapOutboundOut(Frames.pong(to: frame)), promise: nil)
        case .connectionClose: context.close(promise: nil)
        default:
            do {
                try self.consumer.take(frame)
            } catch {
                BenchProgram.fail(error)
            }
            self.tally?.add(frame.length)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

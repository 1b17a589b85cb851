import BenchSupport
import NIOCore
import NIOPeer
import NIOWebSocket

/// Writes and flushes one message after the other while the channel is writable, then a Close frame.
final class SendHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let scenario: Scenario
    private let message: ByteBuffer
    private let done: EventLoopPromise<BenchReport>
    private var measurement = Measurement()
    private var sent = 0

    init(_ scenario: Scenario, done: EventLoopPromise<BenchReport>) {
        self.scenario = scenario
        self.message = ByteBuffer(string: scenario.text)
        self.done = done
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is UpgradeDone else { return context.fireUserInboundEventTriggered(event) }
        self.measurement = Measurement()
        self.send(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { self.send(context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.unwrapInboundIn(data).opcode == .connectionClose else { return }
        self.done.succeed(self.measurement.finish(messages: self.sent, bytes: self.sent * self.scenario.size))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { BenchProgram.fail(error) }

    private func send(_ context: ChannelHandlerContext) {
        guard self.sent < self.scenario.count else { return }
        while self.sent < self.scenario.count, context.channel.isWritable {
            self.sent += 1
            context.writeAndFlush(self.wrapOutboundOut(Frames.text(self.message)), promise: nil)
        }
        guard self.sent == self.scenario.count else { return }
        context.writeAndFlush(self.wrapOutboundOut(Frames.close), promise: nil)
    }
}

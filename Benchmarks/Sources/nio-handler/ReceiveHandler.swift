import BenchSupport
import NIOCore
import NIOPeer
import NIOWebSocket

/// Takes messages in the channel's pipeline until there are enough.
final class ReceiveHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let count: Int
    private let done: EventLoopPromise<BenchReport>
    private let measurement = Measurement()
    private var consumer: FrameConsumer
    private var isDone = false

    init(_ scenario: Scenario, content: FrameContent, done: EventLoopPromise<BenchReport>) {
        self.count = scenario.count
        self.consumer = FrameConsumer(content)
        self.done = done
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try self.consumer.take(self.unwrapInboundIn(data))
        } catch {
            self.errorCaught(context: context, error: error)
        }
        guard self.consumer.messages == self.count, !self.isDone else { return }
        self.isDone = true
        self.done.succeed(self.measurement.finish(messages: self.count, bytes: self.consumer.bytes))
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard !self.isDone else { return }
        self.isDone = true
        self.done.fail(BenchFailure.closedEarly(after: self.consumer.messages, of: self.count))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { BenchProgram.fail(error) }
}

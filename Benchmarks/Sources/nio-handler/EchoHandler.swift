import BenchSupport
import NIOCore
import NIOPeer
import NIOWebSocket

/// Sends the next message in the handler that has read the last answer.
final class EchoHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private let scenario: Scenario
    private let message: ByteBuffer
    private let done: EventLoopPromise<BenchReport>
    private var measurement = Measurement()
    private var consumer = FrameConsumer()
    private var latencies: [Int] = []
    private var sent = 0

    init(_ scenario: Scenario, done: EventLoopPromise<BenchReport>) {
        self.scenario = scenario
        self.message = ByteBuffer(string: scenario.text)
        self.done = done
        self.latencies.reserveCapacity(scenario.count)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is UpgradeDone else { return context.fireUserInboundEventTriggered(event) }
        self.measurement = Measurement()
        self.send(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try self.consumer.take(self.unwrapInboundIn(data))
        } catch {
            BenchProgram.fail(error)
        }
        self.latencies.append(Monotonic.nanoseconds - self.sent)
        guard self.latencies.count < self.scenario.count else {
            var report = self.measurement.finish(messages: self.latencies.count, bytes: self.consumer.bytes)
            report.addPercentiles(of: self.latencies)
            return self.done.succeed(report)
        }
        self.send(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { BenchProgram.fail(error) }

    private func send(_ context: ChannelHandlerContext) {
        self.sent = Monotonic.nanoseconds
        context.writeAndFlush(self.wrapOutboundOut(Frames.text(self.message)), promise: nil)
    }
}

import BenchSupport
import NIOCore
import NIOPeer
import NIOWebSocket

/// Tells a handler that it may write.
struct UpgradeDone {}

/// A client on NIOWebSocket that works in a channel handler, on the event loop.
@main
struct NIOHandlerClient {
    static func main() { BenchProgram.main { scenario in try await Self.run(scenario) } }

    private static func run(_ scenario: Scenario) async throws -> BenchReport {
        switch scenario.name {
        case "receive": try await Self.receive(scenario, .text)
        case "decode": try await Self.receive(scenario, .workspaceEvent)
        case "decode-agent": try await Self.receive(scenario, .agentEvent)
        case "echo": try await Self.measure(scenario) { EchoHandler(scenario, done: $0) }
        case "send": try await Self.measure(scenario) { SendHandler(scenario, done: $0) }
        case "idle":
            try await ManyStreams.idle(scenario) {
                try await Self.open(scenario, tally: nil)
            } read: {
                try await $0.closeFuture.get()
            }
        case "tail":
            try await ManyStreams.tail(scenario) {
                try await Self.open(scenario, tally: $0)
            } read: { channel, _ in
                try await channel.closeFuture.get()
            }
        case "open": try await ManyStreams.open(scenario) { try await Self.openAndClose(scenario) }
        default: throw BenchFailure.unsupported
        }
    }

    private static func receive(_ scenario: Scenario, _ content: FrameContent) async throws -> BenchReport {
        try await Self.measure(scenario) { ReceiveHandler(scenario, content: content, done: $0) }
    }

    private static func measure(
        _ scenario: Scenario,
        _ makeHandler: @escaping @Sendable (EventLoopPromise<BenchReport>) -> any ChannelHandler
    ) async throws -> BenchReport {
        let (channel, report) = try await Upgrade.connect(scenario) { channel in
            let done = channel.eventLoop.makePromise(of: BenchReport.self)
            try channel.pipeline.syncOperations.addHandler(makeHandler(done))
            return (channel, done.futureResult)
        }
        // Before the upgrade is complete, no write of a handler is sent.
        channel.pipeline.fireUserInboundEventTriggered(UpgradeDone())
        return try await report.get()
    }

    private static func open(_ scenario: Scenario, tally: Tally?) async throws -> any Channel {
        try await Upgrade.connect(scenario) { channel in
            try channel.pipeline.syncOperations.addHandler(StreamHandler(tally: tally))
            return channel
        }
    }

    private static func openAndClose(_ scenario: Scenario) async throws {
        let channel = try await Self.open(scenario, tally: nil)
        try await channel.writeAndFlush(Frames.close)
        // The handler closes when the server's Close frame has arrived.
        try await channel.closeFuture.get()
    }
}

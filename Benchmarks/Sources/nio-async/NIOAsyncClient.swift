import BenchSupport
import NIOCore
import NIOPeer
import NIOWebSocket

/// A client on NIOWebSocket that works in tasks, through `NIOAsyncChannel` with its defaults.
@main
struct NIOAsyncClient {
    typealias Channel = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    static func main() { BenchProgram.main { scenario in try await Self.run(scenario) } }

    private static func run(_ scenario: Scenario) async throws -> BenchReport {
        switch scenario.name {
        case "receive": try await Self.receive(scenario, .text)
        case "decode": try await Self.receive(scenario, .workspaceEvent)
        case "decode-agent": try await Self.receive(scenario, .agentEvent)
        case "echo": try await Self.echo(scenario)
        case "send": try await Self.send(scenario)
        case "idle":
            try await ManyStreams.idle(scenario) {
                try await Self.connect(scenario)
            } read: {
                try await Self.read($0, tally: nil)
            }
        case "tail":
            try await ManyStreams.tail(scenario) { _ in
                try await Self.connect(scenario)
            } read: {
                try await Self.read($0, tally: $1)
            }
        case "open": try await ManyStreams.open(scenario) { try await Self.openAndClose(scenario) }
        default: throw BenchFailure.unsupported
        }
    }

    private static func connect(_ scenario: Scenario) async throws -> Channel {
        try await Upgrade.connect(scenario) { try Channel(wrappingChannelSynchronously: $0) }
    }

    private static func receive(_ scenario: Scenario, _ content: FrameContent) async throws -> BenchReport {
        let channel = try await Self.connect(scenario)
        let measurement = Measurement()
        return try await channel.executeThenClose { inbound, _ in
            var consumer = FrameConsumer(content)
            for try await frame in inbound {
                try consumer.take(frame)
                guard consumer.messages == scenario.count else { continue }
                return measurement.finish(messages: scenario.count, bytes: consumer.bytes)
            }
            throw BenchFailure.closedEarly(after: consumer.messages, of: scenario.count)
        }
    }

    private static func echo(_ scenario: Scenario) async throws -> BenchReport {
        let message = ByteBuffer(string: scenario.text)
        let channel = try await Self.connect(scenario)
        return try await channel.executeThenClose { inbound, outbound in
            var consumer = FrameConsumer()
            var latencies: [Int] = []
            latencies.reserveCapacity(scenario.count)
            var frames = inbound.makeAsyncIterator()
            let measurement = Measurement()
            while latencies.count < scenario.count {
                let start = Monotonic.nanoseconds
                try await outbound.write(Frames.text(message))
                guard let frame = try await frames.next() else {
                    throw BenchFailure.closedEarly(after: latencies.count, of: scenario.count)
                }
                try consumer.take(frame)
                latencies.append(Monotonic.nanoseconds - start)
            }
            var report = measurement.finish(messages: scenario.count, bytes: consumer.bytes)
            report.addPercentiles(of: latencies)
            return report
        }
    }

    private static func send(_ scenario: Scenario) async throws -> BenchReport {
        let message = ByteBuffer(string: scenario.text)
        let channel = try await Self.connect(scenario)
        return try await channel.executeThenClose { inbound, outbound in
            let measurement = Measurement()
            for _ in 0..<scenario.count { try await outbound.write(Frames.text(message)) }
            try await outbound.write(Frames.close)
            for try await frame in inbound where frame.opcode == .connectionClose { break }
            return measurement.finish(messages: scenario.count, bytes: scenario.count * scenario.size)
        }
    }

    private static func read(_ channel: Channel, tally: Tally?) async throws {
        try await channel.executeThenClose { inbound, outbound in
            var consumer = FrameConsumer()
            for try await frame in inbound {
                switch frame.opcode {
                case .ping: try await outbound.write(Frames.pong(to: frame))
                case .connectionClose: return
                default:
                    try consumer.take(frame)
                    tally?.add(frame.length)
                }
            }
        }
    }

    private static func openAndClose(_ scenario: Scenario) async throws {
        try await Self.connect(scenario).executeThenClose { inbound, outbound in
            try await outbound.write(Frames.close)
            for try await frame in inbound where frame.opcode == .connectionClose { return }
        }
    }
}

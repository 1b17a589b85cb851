import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("Sends that leave together", .timeLimit(.minutes(1)))
struct SendingTogetherTests {
    @Test("A burst of messages leaves in few writes")
    func burst() async throws {
        let server = try await RawServer.start()
        let counter = FlushCounter()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let connection = try await Self.connection(to: server.port, counter, on: group)
        // While the event loop is busy, the whole burst is queued.
        let isReleased = Counter()
        connection.eventLoop.execute { while isReleased.value == 0 { usleep(200) } }
        for index in 0..<1000 { try await connection.send(text: "message \(index)") }
        isReleased.increment()
        let peer = try await server.peer()
        try await eventually("1000 messages") {
            try WireFrame.parse(peer.received, masked: true).count == 1000
        }
        #expect(counter.flushes <= 2)
        try await expectNothingLeft(of: connection)
        await server.close()
        try await group.shutdownGracefully()
    }

    @Test("What a task on the event loop sends leaves in one write when it waits", arguments: [true, false])
    func burstOnEventLoop(isOwnExecutor: Bool) async throws {
        let server = try await RawServer.start()
        let (counter, other) = (FlushCounter(), FlushCounter())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let connection = try await Self.connection(to: server.port, counter, on: group)
        let peer = try await server.peer()
        let neighbour = try await Self.connection(to: server.port, other, on: group)
        try await withTaskExecutorPreference(isOwnExecutor ? connection.executor : neighbour.executor) {
            for index in 0..<1000 { try await connection.send(text: "message \(index)") }
            #expect(counter.flushes == 0)
        }
        try await eventually("1000 messages") {
            try WireFrame.parse(peer.received, masked: true).count == 1000
        }
        #expect(counter.flushes == 1)
        try await expectNothingLeft(of: connection)
        try await expectNothingLeft(of: neighbour)
        await server.close()
        try await group.shutdownGracefully()
    }

    @Test("What a task on the connection's executor sends leaves before the event loop turns to anything else")
    func leavesInTheSameTurn() async throws {
        let server = try await RawServer.start()
        let counter = FlushCounter()
        let connection = try await Self.connection(to: server.port, counter)
        let flushesByThen = try await withTaskExecutorPreference(connection.executor) {
            let next = connection.eventLoop.submit { counter.flushes }
            try await connection.send(text: "message")
            return try await next.get()
        }
        #expect(flushesByThen == 1)
        try await expectNothingLeft(of: connection)
        await server.close()
    }

    @Test("The Pings of one read get their Pongs in order, in one write")
    func pongsOfOneRead() async throws {
        let server = try await RawServer.start()
        let counter = FlushCounter()
        let connection = try await Self.connection(to: server.port, counter)
        let peer = try await server.peer()
        try await peer.send((0..<10).flatMap { WireFrame(.ping, [UInt8($0)]).bytes })
        try await eventually("ten Pongs") { try WireFrame.parse(peer.received, masked: true).count == 10 }
        let pongs = try WireFrame.parse(peer.received, masked: true)
        #expect(pongs == (0..<10).map { WireFrame(.pong, [UInt8($0)], isMasked: true) })
        #expect(counter.flushes == 1)
        try await expectNothingLeft(of: connection)
        await server.close()
    }

    /// A connection without an opening handshake, with a handler in front of it.
    private static func connection(
        to port: Int,
        _ handler: FlushCounter,
        on group: MultiThreadedEventLoopGroup = .singleton
    ) async throws -> WebSocketConnection {
        try await ClientBootstrap(group: group)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let core = ConnectionCore(
                        ConnectionSetup(role: .client),
                        configuration: .test,
                        eventLoop: channel.eventLoop
                    )
                    let last = WebSocketChannelHandler(core: core)
                    try channel.pipeline.syncOperations.addHandlers([handler, last])
                    return WebSocketConnection(core: core)
                }
            }
    }
}

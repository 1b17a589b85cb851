import ConcurrencyPrimitives
import NIOPosix
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("The events of a stream in batches, and where they are taken", .timeLimit(.minutes(1)))
struct EventBatchesTests {
    private static func output(_ timestamps: Range<Int>) -> [String] {
        timestamps.map { #"{"type":"shell_output","timestamp":\#($0),"data":"x"}"# }
    }

    @Test("A batch has the events of one read of the socket")
    func oneReadIsABatch() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(Self.output(0..<3))
        connection.deliver(Self.output(3..<4))
        connection.deliver(Self.output(4..<9))
        var batches = stream.batches.makeAsyncIterator()
        #expect(try await batches.next()?.map(\.timestamp) == [0, 1, 2])
        #expect(try await batches.next()?.map(\.timestamp) == [3])
        #expect(try await batches.next()?.map(\.timestamp) == [4, 5, 6, 7, 8])
        await stream.close()
    }

    @Test("The rest of a batch after a loop over events is the next batch, complete and in order")
    func eventsAndBatchesTakeTurns() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(Self.output(0..<5))
        connection.deliver(Self.output(5..<7))
        for try await event in stream.events where event.timestamp == 1 { break }
        for try await batch in stream.batches {
            #expect(batch.map(\.timestamp) == [2, 3, 4])
            break
        }
        #expect(try await stream.events.first { _ in true }?.timestamp == 5)
        #expect(try await stream.batches.first { _ in true }?.map(\.timestamp) == [6])
        await stream.close()
    }

    @Test("Events and batches share one receiver, whichever comes first", arguments: [true, false])
    func oneReceiver(firstTakesBatches: Bool) async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let first = Task {
            firstTakesBatches
                ? try await stream.batches.first { _ in true }?.first
                : try await stream.events.first { _ in true }
        }
        try await eventually("the first waits") { stream.events.mailbox.isAwaited }
        let error = await #expect(throws: AgentRuntimeError.self) {
            if firstTakesBatches {
                _ = try await stream.events.first { _ in true }
            } else {
                _ = try await stream.batches.first { _ in true }
            }
        }
        #expect(error?.code == .alreadyReceiving)
        connection.deliver(Self.output(7..<8))
        #expect(try await first.value?.timestamp == 7)
        await stream.close()
    }

    @Test("Batches end with the stream, after all earlier events")
    func end() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(Self.output(0..<2))
        connection.end(cause: .failed(WebSocketError(.connectionLost, "gone")))
        var batches = stream.batches.makeAsyncIterator()
        #expect(try await batches.next()?.count == 2)
        let error = await #expect(throws: AgentRuntimeError.self) { _ = try await batches.next() }
        #expect(error?.code == .connectionLost)
        await stream.close()

        let (second, _) = try await fixture.open()
        let waiting = Task { try await second.batches.first { _ in true } }
        try await eventually("it waits") { second.events.mailbox.isAwaited }
        await second.close()
        #expect(try await waiting.value == nil)
    }

    @Test("Cancelling the task that waits for a batch leaves the stream usable")
    func cancelled() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let waiting = Task { try await stream.batches.first { _ in true } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        connection.deliver(Self.output(7..<8))
        #expect(try await stream.batches.first { _ in true }?.map(\.timestamp) == [7])
        await stream.close()
    }

    @Test("The executor of a stream runs tasks on an event loop, the whole life of the stream and after it")
    func executor() async throws {
        try await withHoldingServer { server in
            let client = try AgentRuntimeClient(endpoint: try server.endpoint)
            let stream = try await client.openWorkspaceStream()
            let executor = stream.executor
            try await withTaskExecutorPreference(executor) {
                for try await batch in stream.batches {
                    #expect(batch.map(\.type) == [.connected])
                    #expect(Self.isOnEventLoop)
                    break
                }
                try await stream.resizeShell(columns: 80, rows: 24)
                #expect(Self.isOnEventLoop)
                let end = await stream.close()
                #expect(end.error == nil)
                #expect(Self.isOnEventLoop)
            }
            await withTaskExecutorPreference(executor) { #expect(Self.isOnEventLoop) }
            await client.close()
        }
    }

    @Test("A task that waits elsewhere gets its events, from many streams at once")
    func manyOnThePool() async throws {
        try await withHoldingServer { server in
            let endpoint = try server.endpoint
            try await withThrowingTaskGroup(of: WorkspaceMessageType?.self) { group in
                for _ in 0..<64 {
                    group.addTask {
                        let client = try AgentRuntimeClient(endpoint: endpoint)
                        let type = try await client.withWorkspaceStream { stream in
                            try await stream.events.first { _ in true }?.type
                        }
                        await client.close()
                        return type
                    }
                }
                for try await type in group { #expect(type == .connected) }
            }
        }
    }

    private static var isOnEventLoop: Bool { MultiThreadedEventLoopGroup.currentEventLoop != nil }
}

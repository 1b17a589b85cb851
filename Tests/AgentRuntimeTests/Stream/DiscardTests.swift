import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Events that nobody takes any more", .timeLimit(.minutes(1)))
struct DiscardTests {
    private static let pong = #"{"type":"pong","timestamp":1}"#

    @Test("A closed stream that is still referenced keeps its queue, and gives it back once told to")
    func afterAClose() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(Self.pong, Self.pong, Self.pong)
        try await eventually("all are queued") { stream.statistics.events == 3 }
        await stream.close()
        #expect(stream.events.mailbox.queued.elements == 3)
        stream.discardEvents()
        #expect(stream.events.mailbox.queued == .init(bytes: 0, elements: 0))
        #expect(try await stream.events.first { _ in true } == nil)
    }

    @Test("On an open stream loops end, the reader goes on, and commands are sent")
    func beforeAClose() async throws {
        let fixture = try ClientFixture { $0.maximumQueuedEvents = 2 }
        let (stream, connection) = try await fixture.open()
        for _ in 0..<10 { connection.deliver(Self.pong, Self.pong) }
        try await eventually("the reader waits for room") { stream.statistics.events == 2 }
        stream.discardEvents()
        try await eventually("the reader goes on") { stream.statistics.events == 20 }
        #expect(stream.events.mailbox.queued == .init(bytes: 0, elements: 0))
        for try await _ in stream.events { Issue.record("an event was kept") }
        try await stream.sendShellInput("ls\r")
        #expect(connection.sent.count == 1)
        #expect(stream.state.value == .open)
        await stream.close()
    }

    @Test(
        "A waiting loop ends, events that another loop gives back are dropped, and a failure is no longer an error of the loop"
    )
    func whileIterating() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(Self.pong, Self.pong, Self.pong)
        var iterator: WorkspaceEvents.Iterator? = stream.events.makeAsyncIterator()
        #expect(try await iterator?.next() != nil)
        stream.discardEvents()
        iterator = nil
        #expect(stream.events.mailbox.queued == .init(bytes: 0, elements: 0))
        let waiting = try ClientFixture()
        let (other, cut) = try await waiting.open()
        let loop = Task { for try await _ in other.events {} }
        try await eventually("the loop waits") { other.events.mailbox.isAwaited }
        other.discardEvents()
        try await loop.value
        cut.end(cause: .failed(.init(.connectionLost, "cut")))
        #expect(try await other.waitUntilDrained().error?.code == .connectionLost)
        for try await _ in other.events {}
        await stream.close()
    }
}

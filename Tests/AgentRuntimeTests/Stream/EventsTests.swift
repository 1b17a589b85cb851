import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("The events of a stream", .timeLimit(.minutes(1)))
struct EventsTests {
    @Test("Unknown and malformed messages are events, are counted, and do not end the stream")
    func keepsWhatItDoesNotUnderstand() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(#"{"type":"new_kind","timestamp":1}"#, "no json", #"{"type":"git_status","timestamp":2}"#)
        connection.deliver(#"{"type":"pong","timestamp":3}"#)
        var events: [WorkspaceEvent] = []
        for try await event in stream.events {
            events.append(event)
            if events.count == 4 { break }
        }
        #expect(events.map(\.type.rawValue) == ["new_kind", "malformed", "git_status", "pong"])
        guard case .malformed(let malformed) = events[1].content else {
            Issue.record("\(events[1])")
            return
        }
        #expect(malformed.rawText == "no json")
        let statistics = stream.statistics
        #expect(
            (statistics.events, statistics.unknown, statistics.malformed, statistics.missingPayload) == (4, 1, 1, 1)
        )
        await stream.close()
    }

    @Test("Leaving a loop early loses nothing: the next loop goes on after it")
    func loopsGoOn() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver((0..<10).map { #"{"type":"shell_output","timestamp":\#($0),"data":"x"}"# })
        var seen: [Int64] = []
        while seen.count < 10 {
            for try await event in stream.events {
                seen.append(event.timestamp ?? -1)
                if seen.count % 3 == 0 || seen.count == 10 { break }
            }
        }
        #expect(seen == Array(0..<10))
        await stream.close()
    }

    @Test("A second task that waits for events gets a clear error, and the first is not disturbed")
    func oneConsumer() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let first = Task { try await stream.events.first { _ in true } }
        try await eventually("the first waits") { stream.events.mailbox.isAwaited }
        let error = await #expect(throws: AgentRuntimeError.self) { try await stream.events.first { _ in true } }
        #expect(error?.code == .alreadyReceiving)
        connection.deliver(#"{"type":"pong","timestamp":7}"#)
        #expect(try await first.value?.timestamp == 7)
        await stream.close()
    }

    @Test("Cancelling the task that waits for an event leaves the stream usable")
    func cancelledConsumer() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let waiting = Task { try await stream.events.first { _ in true } }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        connection.deliver(#"{"type":"pong","timestamp":7}"#)
        #expect(try await stream.events.first { _ in true }?.timestamp == 7)
        await stream.close()
    }

    @Test("The reader stops at the limit and goes on when the consumer has made room; nothing is lost")
    func backpressure() async throws {
        let fixture = try ClientFixture { $0.maximumQueuedEvents = 8 }
        let (stream, connection) = try await fixture.open()
        for index in 0..<100 { connection.deliver(#"{"type":"pong","timestamp":\#(index)}"#) }
        try await eventually("the reader is at the limit") { stream.statistics.events == 8 }
        var seen: [Int64] = []
        for try await event in stream.events {
            seen.append(event.timestamp ?? -1)
            #expect(stream.statistics.events <= seen.count + 9)
            if seen.count == 100 { break }
        }
        #expect(seen == Array(0..<100))
        await stream.close()
    }
}

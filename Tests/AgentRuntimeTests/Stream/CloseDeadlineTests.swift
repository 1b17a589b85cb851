import AgentRuntime
import TestSupport
import Testing

@Suite("A close whose time is over", .timeLimit(.minutes(1)))
struct CloseDeadlineTests {
    @Test("It returns in time, and names the tasks that have not left, their activity and since when")
    func namesWhoIsLeft() async throws {
        let fixture = try ClientFixture { $0.closeTimeout = .seconds(3) }
        let (stream, connection) = try await fixture.open()
        connection.ignoreAbort()
        async let closing = stream.close()
        try await eventually("close waits, bounded") { fixture.timers.delays == [.seconds(4)] }
        try await eventually("the writer closes") { connection.closeCodes.count == 1 }
        fixture.timers.fireAll()
        let end = await closing
        #expect(end.value == .closed)
        #expect(end.leftBehind.map(\.task) == [.reader, .writer])
        #expect(end.leftBehind.map(\.activity) == [.receiving, .closing])
        #expect(end.leftBehind.allSatisfy { $0.elapsed > .zero })
    }

    @Test("A task that has not left is counted until it ends, and no other stream overlaps it")
    func countsUntilFinished() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreAbort()
        async let closing = stream.close()
        try await eventually("the writer closes") { connection.closeCodes.count == 1 }
        try await eventually("close waits") { fixture.timers.delays.count == 1 }
        fixture.timers.fireAll()
        _ = await closing
        #expect(fixture.client.tasks.map(\.task) == [.reader, .writer])
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("the opener waits, bounded") { fixture.timers.delays.count == 1 }
        fixture.timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .alreadyOpen)
        #expect(fixture.transport.dials.filter(\.isStarted).count == 1)
        connection.end()
        #expect(try await stream.waitUntilDrained().value == .closed)
        #expect(fixture.client.tasks.isEmpty)
        let (again, _) = try await fixture.open()
        #expect(await again.close().leftBehind.isEmpty)
    }

    @Test("The close of the client is bounded as well, over a dial that does not end")
    func boundsTheDial() async throws {
        let fixture = try ClientFixture()
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        let dial = try await fixture.dial()
        dial.ignoreCancel()
        let closing = Task { await fixture.client.close() }
        try await eventually("close waits") { fixture.timers.delays.count == 1 }
        fixture.timers.fireAll()
        let left = await closing.value
        #expect(left.map(\.task) == [.dial])
        #expect(left.map(\.activity) == [.connecting])
        dial.fail(ScriptedError.dialFailed)
        let error = await #expect(throws: AgentRuntimeError.self) { try await opening.value }
        #expect(error?.code == .closedWhileDialling)
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("A close that is in time leaves no timer set")
    func leavesNoTimer() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        await stream.close()
        await fixture.client.close()
        #expect(fixture.timers.delays.isEmpty)
    }
}

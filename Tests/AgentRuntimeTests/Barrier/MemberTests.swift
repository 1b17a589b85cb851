import ConcurrencyPrimitives
import TestSupport
import Testing

@testable import AgentRuntime

@Suite("Members of the barrier that are no streams, and the close of all streams", .timeLimit(.minutes(1)))
struct MemberTests {
    @Test("A close of the client tells each member to end, once, waits for it, and names it if it does not leave")
    func closeEndsMembers() async throws {
        let fixture = try ClientFixture()
        let driver = fixture.client.driver
        let told = Locked(0)
        let one = try #require(driver.register { told.withLock { $0 += 1 } })
        let two = try #require(driver.register { told.withLock { $0 += 1 } })
        #expect(fixture.client.tasks.map(\.task) == [.call, .call])
        fixture.client.requestClose()
        let closing = Task { await fixture.client.close() }
        try await eventually("both are told") { told.withLock { $0 } == 2 }
        driver.left(one)
        try await eventually("the close waits") { !fixture.timers.delays.isEmpty }
        fixture.timers.fireAll()
        #expect(await closing.value.map(\.slot) == ["control"])
        let again = Task { await fixture.client.close() }
        try await eventually("the second close waits") { !fixture.timers.delays.isEmpty }
        driver.left(two)
        #expect(await again.value.isEmpty)
        #expect(told.withLock { $0 } == 2)
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("A closed client registers no member")
    func closedClient() async throws {
        let fixture = try ClientFixture()
        await fixture.client.close()
        #expect(fixture.client.driver.register {} == nil)
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("A close of all streams waits for them, lets members go on, and later streams can be opened")
    func closeStreams() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let member = try #require(fixture.client.driver.register { Issue.record("the member was told to end") })
        #expect(await fixture.client.closeStreams().isEmpty)
        #expect(stream.state.isDrained)
        #expect(connection.isClosed)
        #expect(fixture.client.tasks.map(\.task) == [.call])
        #expect(!fixture.client.isClosed)
        let (next, _) = try await fixture.open()
        await next.close()
        fixture.client.driver.left(member)
        await fixture.client.close()
    }

    @Test("A close of all streams cancels a dial, and its opener learns why; an opener that waits learns it, too")
    func closeStreamsWhileDialling() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreAbort()
        stream.requestClose()
        let waiting = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("it waits for the slot") { !fixture.timers.delays.isEmpty }
        let closing = Task { await fixture.client.closeStreams() }
        let first = await #expect(throws: AgentRuntimeError.self) { try await waiting.value }
        #expect(first?.code == .closedWhileDialling)
        connection.end()
        #expect(await closing.value.isEmpty)

        let dialling = Task { try await fixture.client.openWorkspaceStream() }
        let dial = try await fixture.dial(2)
        #expect(await fixture.client.closeStreams().isEmpty)
        #expect(dial.isCancelled)
        let second = await #expect(throws: AgentRuntimeError.self) { try await dialling.value }
        #expect(second?.code == .closedWhileDialling)
        #expect(second?.message.contains("All streams") == true)
        await fixture.client.close()
    }
}

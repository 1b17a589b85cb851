import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Closing a stream", .timeLimit(.minutes(1)))
struct ClosingTests {
    @Test("Close sends what is queued, performs the closing handshake and leaves no task")
    func closesGracefully() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        for index in 0..<20 { try await stream.sendShellInput("\(index)") }
        let end = await stream.close()
        #expect(end.value == .closed)
        #expect(connection.sent.count == 20)
        #expect(connection.closeCodes == [.normalClosure])
        #expect(fixture.client.tasks.isEmpty)
        #expect(stream.state.isDrained)
    }

    @Test("Close is idempotent from many tasks, and every call returns after the drain")
    func closesFromManyTasks() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    await stream.close()
                    return stream.state.isDrained
                }
            }
            for await isDrained in group { #expect(isDrained) }
        }
        #expect(connection.closeCodes.count == 1)
    }

    @Test("A command after close is refused with its own code")
    func refusesCommandsAfterClose() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        await stream.close()
        let error = await #expect(throws: AgentRuntimeError.self) { try await stream.sendShellInput("x") }
        #expect(error?.code == .streamClosed)
        let pingError = await #expect(throws: AgentRuntimeError.self) { try await stream.ping() }
        #expect(pingError?.code == .streamClosed)
    }

    @Test("While one task has left and the other has not, close still waits, no second stream begins, no loop ends")
    func closeInTheWindowBetweenTwoExits() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        let loop = Task {
            for try await _ in stream.events {}
            // The waiting opener may dial already.
            return (stream.state.isDrained, fixture.client.tasks.allSatisfy { $0.task == .dial })
        }
        async let closing = stream.close()
        try await eventually("the writer is in its closing handshake") { connection.closeCodes.count == 1 }
        let opening = Task { try await fixture.client.openWorkspaceStream() }
        try await eventually("the opener waits") { fixture.timers.delays.count == 2 }
        #expect(fixture.transport.dials.filter(\.isStarted).count == 1)
        #expect(!stream.state.isDrained)
        connection.end()
        #expect(await closing.value == .closed)
        #expect(try await loop.value == (true, true))
        try await fixture.dial(1).succeed()
        await (try await opening.value).close()
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("A close of the client while the last task of a stream leaves waits for this task")
    func closeWhileTheLastTaskLeaves() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        let (client, captured) = (fixture.client, Promise<[Promise<Void>]>())
        // The last task calls this: the slot is idle by now, and the loops over the events have not ended.
        stream.core.drained.whenKnown { _ in captured.resolve(client.driver.requestClose()) }
        await stream.close()
        let gone = await captured.wait()
        #expect(gone.count == 1)
        for promise in gone { await promise.wait() }
        #expect(await client.close().isEmpty)
    }

    @Test("The events end with the last task of the stream, not with its reader")
    func eventsEndWithTheLastTask() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.holdClose()
        let loop = Task { for try await _ in stream.events {} }
        try await eventually("the loop waits") { stream.events.mailbox.isAwaited }
        let closing = Task { await stream.close() }
        try await eventually("the reader has left") { fixture.client.tasks.map(\.task) == [.writer] }
        #expect(stream.events.mailbox.isAwaited)
        connection.releaseClose()
        try await loop.value
        #expect(await closing.value.value == .closed)
    }

    @Test("Close gives the connection its deadline, abort gives it none")
    func boundsTheClose() async throws {
        let closed = try ClientFixture { $0.closeTimeout = .seconds(3) }
        let (stream, connection) = try await closed.open()
        await stream.close()
        #expect(connection.aborts.first == .seconds(3))
        let aborted = try ClientFixture()
        let (second, cut) = try await aborted.open()
        let end = await second.abort()
        #expect(end.value == .aborted)
        #expect(cut.aborts.first == .zero)
        #expect(cut.closeCodes.isEmpty || cut.isClosed)
    }

    @Test("An abort cuts a graceful close short; the first cause stays the reason")
    func abortEndsACloseAtOnce() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        let closing = Task { await stream.close() }
        try await eventually("the closing handshake") { connection.closeCodes.count == 1 }
        let aborting = Task { await stream.abort() }
        try await eventually("the connection is cut") { connection.aborts.last == .zero }
        #expect(await aborting.value.value == .closed)
        #expect(await closing.value.value == .closed)
    }

    @Test("A command that meets the server's close is not sent, and the server's close stays the reason")
    func commandMeetsTheServersClose() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.refuseSends()
        let error = await #expect(throws: AgentRuntimeError.self) { try await stream.sendShellInput("late") }
        #expect(error?.code == .streamClosed)
        connection.end(sent: CloseFrame(.normalClosure), received: CloseFrame(.normalClosure, reason: "bye"))
        let end = try await stream.waitUntilDrained()
        guard case .closedByServer(let closure) = end.reason else {
            Issue.record("ended as \(end)")
            return
        }
        #expect(closure.received?.reason == "bye")
        #expect(try await stream.events.first { _ in true } == nil)
    }

    @Test("A connection that is lost in a close of ours does not make the loop over the events throw")
    func lossInOurClose() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        connection.deliver(#"{"type":"pong","timestamp":1}"#)
        async let closing = stream.close()
        try await eventually("the closing handshake") { connection.closeCodes.count == 1 }
        connection.end(cause: .failed(WebSocketError(.connectionLost, "cut")))
        #expect(await closing.value == .closed)
        #expect(await closing.attached.map(\.code) == [.connectionLost])
        var count = 0
        for try await _ in stream.events { count += 1 }
        #expect(count == 1)
    }

    @Test("While a stream ends, what keeps arriving is dropped and counted once the queues are full")
    func boundedWhileEnding() async throws {
        let fixture = try ClientFixture {
            $0.maximumQueuedEvents = 4
            $0.connection.receiveQueue.highWaterMessages = 4
        }
        let (stream, connection) = try await fixture.open()
        connection.ignoreClose()
        async let closing = stream.close()
        try await eventually("the closing handshake") { connection.closeCodes.count == 1 }
        for index in 0..<100 { connection.deliver(#"{"type":"pong","timestamp":\#(index)}"#) }
        try await eventually("all were read") { stream.statistics.droppedWhileEnding == 92 }
        connection.end()
        _ = await closing
        var seen: [Int64] = []
        for try await event in stream.events { seen.append(event.timestamp ?? -1) }
        #expect(seen == Array(0..<8))
    }

    @Test("A writer that can't write ends the stream: nothing half-dead stays")
    func deadWriterEndsTheStream() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.failSends()
        await #expect(throws: AgentRuntimeError.self) { try await stream.sendShellInput("x") }
        let end = try await withTimeout("drained") { try await stream.waitUntilDrained() }
        #expect(end.error?.code == .connectionLost)
        #expect(connection.isClosed)
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("The server's close ends the stream with its code and reason, as a value")
    func serverCloses() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(#"{"type":"connected","timestamp":1}"#)
        connection.end(sent: CloseFrame(.goingAway), received: CloseFrame(.goingAway, reason: "bye"))
        var types: [String] = []
        for try await event in stream.events { types.append(event.type.rawValue) }
        #expect(types == ["connected"])
        let end = try await stream.waitUntilDrained()
        guard case .closedByServer(let closure) = end.reason else {
            Issue.record("ended as \(end)")
            return
        }
        #expect(closure.received == CloseFrame(.goingAway, reason: "bye"))
    }

    @Test("A lost connection ends the events with an error, after the events that came before")
    func connectionLost() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver(#"{"type":"connected","timestamp":1}"#)
        connection.end(cause: .failed(WebSocketError(.connectionLost, "cut")))
        var iterator = stream.events.makeAsyncIterator()
        #expect(try await iterator.next()?.type == .connected)
        let error = await #expect(throws: AgentRuntimeError.self) { try await iterator.next() }
        #expect(error?.code == .connectionLost)
        #expect(try await stream.waitUntilDrained().error?.code == .connectionLost)
    }

    @Test("A reader that waits for a slow consumer is released by close, and the events are still there")
    func closeReleasesTheReader() async throws {
        let fixture = try ClientFixture { $0.maximumQueuedEvents = 2 }
        let (stream, connection) = try await fixture.open()
        for _ in 0..<5 { connection.deliver(#"{"type":"pong","timestamp":1}"#, #"{"type":"pong","timestamp":2}"#) }
        try await eventually("the reader waits for room") { stream.statistics.events == 2 }
        await stream.close()
        var count = 0
        for try await _ in stream.events { count += 1 }
        #expect(count == 10)
    }

    @Test("Close may be called from inside the loop over the events: it does not wait for its own caller")
    func closeFromTheConsumer() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.deliver((0..<10).map { #"{"type":"pong","timestamp":\#($0)}"# })
        var seen = 0
        for try await _ in stream.events {
            seen += 1
            if seen == 3 { #expect(await stream.close().value == .closed) }
        }
        #expect(seen == 10)
        #expect(stream.state.isDrained)
    }

    @Test("Closing the client closes its stream behind the same barrier")
    func clientCloses() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        await fixture.client.close()
        #expect(connection.isClosed)
        #expect(stream.state.value == .drained(.closedByClient))
        #expect(fixture.client.tasks.isEmpty)
    }

    @Test("Every watcher sees the states in order, from any start")
    func observesStates() async throws {
        let fixture = try ClientFixture()
        let (stream, _) = try await fixture.open()
        async let watched = Self.names(stream.states)
        try await eventually("watching") { stream.state.value == .open }
        await stream.close()
        let names = try await watched
        #expect(names.suffix(2) == ["closing (closed)", "drained (closed)"])
        #expect(try await Self.names(stream.states) == ["drained (closed)"])
    }

    private static func names(_ states: StreamStates) async throws -> [String] {
        var names: [String] = []
        for try await state in states { names.append(state.description) }
        return names
    }

    @Test("The scoped form closes the stream and keeps the error of its body")
    func scoped() async throws {
        let fixture = try ClientFixture()
        let outcome = Task { try await fixture.client.withWorkspaceStream { _ in throw ScriptedError.sendFailed } }
        let connection = try await fixture.dial().succeed()
        await #expect(throws: ScriptedError.self) { try await outcome.value }
        #expect(connection.isClosed)
        #expect(fixture.client.tasks.isEmpty)
    }
}

import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Pings of a stream", .timeLimit(.minutes(1)))
struct PingTests {
    @Test("A ping is answered by the next pong, and measures the time between them")
    func ping() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        async let first = stream.ping()
        async let second = stream.ping()
        try await eventually("both pings are sent") { connection.sent.count == 2 }
        #expect(connection.sent.allSatisfy { $0.hasPrefix(#"{"type":"ping","timestamp":"#) })
        connection.deliver(#"{"type":"pong","timestamp":1}"#, #"{"type":"pong","timestamp":2}"#)
        #expect(try await first > .zero)
        #expect(try await second > .zero)
        await stream.close()
    }

    @Test("A ping that is not answered times out; the late pong is not taken for a later ping's")
    func pingTimesOut() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let first = Task { try await stream.ping() }
        try await eventually("the first is sent") { connection.sent.count == 1 && fixture.timers.delays.count == 1 }
        fixture.timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await first.value }
        #expect(error?.code == .timedOut)
        let second = Task { try await stream.ping() }
        try await eventually("the second is sent") { connection.sent.count == 2 && fixture.timers.delays.count == 1 }
        connection.deliver(#"{"type":"pong","timestamp":1}"#)
        try await eventually("the late pong was read") { stream.statistics.events == 1 }
        fixture.timers.fireAll()
        let late = await #expect(throws: AgentRuntimeError.self) { try await second.value }
        #expect(late?.code == .timedOut)
        await stream.close()
    }

    @Test("If the stream ends after a ping was sent, its error does not say that it was not sent")
    func pingWhileClosing() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        let ping = Task { try await stream.ping() }
        try await eventually("the ping is sent") { connection.sent.count == 1 }
        await stream.close()
        let error = await #expect(throws: AgentRuntimeError.self) { try await ping.value }
        #expect(error?.code == .deliveryUnknown)
        let late = await #expect(throws: AgentRuntimeError.self) { try await stream.ping() }
        #expect(late?.code == .streamClosed)
    }

    @Test("If the stream ends while a ping is queued, its error says that it was not sent")
    func queuedWhileEnding() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.holdQueue()
        let first = Task { try await stream.sendShellInput("first") }
        try await eventually("the writer is busy") { connection.isQueueHeld }
        let ping = Task { try await stream.ping() }
        try await eventually("both are bounded") { fixture.timers.delays.count == 2 }
        let aborting = Task { await stream.abort() }
        let error = await #expect(throws: AgentRuntimeError.self) { try await ping.value }
        #expect(error?.code == .streamClosed)
        connection.refuseSends()
        connection.releaseQueue()
        await #expect(throws: AgentRuntimeError.self) { try await first.value }
        _ = await aborting.value
        #expect(connection.sent.isEmpty)
    }

    @Test("If the stream ends while the writer sends a ping, the writer reports the result", arguments: [true, false])
    func handedOverWhileEnding(isSent: Bool) async throws {
        let waiters = PingWaiters(timeout: .seconds(1), timers: ManualTimers()) { _ in }
        let (ping, _) = try waiters.newPing()
        waiters.sends(ping)
        waiters.end()
        #expect(ping.answer.value == nil)
        if isSent { waiters.queued(ping) } else { waiters.fail(ping, .commandNotSent) }
        let error = await #expect(throws: AgentRuntimeError.self) { try await ping.answer.wait().get() }
        #expect(error?.code == (isSent ? .deliveryUnknown : .streamClosed))
        #expect(waiters.count <= 1)
    }

    /// Sends a ping, waits until it is queued, and lets its time limit pass.
    private static func sendInVain(_ stream: WorkspaceStream, _ connection: ScriptedConnection, _ timers: ManualTimers)
        async throws
    {
        let sent = connection.sent.count
        let ping = Task { try await stream.ping() }
        try await eventually("the ping is sent") { connection.sent.count == sent + 1 && !timers.delays.isEmpty }
        timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await ping.value }
        #expect(error?.code == .timedOut)
    }

    @Test("A pong that never comes costs the next ping a second, and no other anything")
    func lostPong() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        try await Self.sendInVain(stream, connection, fixture.timers)
        // The server has already passed the first ping.
        try await eventually("a marker was sent") { connection.answerMarks(after: 0) == 1 }
        let second = Task { try await stream.ping() }
        try await eventually("the second is sent") { connection.sent.count == 2 }
        connection.deliver(#"{"type":"pong","timestamp":1}"#)
        try await eventually("it is waited whether another one comes") {
            fixture.timers.delays == [.seconds(10), .seconds(1)]
        }
        fixture.timers.fire(after: .seconds(1))
        #expect(try await second.value > .zero)
        #expect(fixture.timers.delays.isEmpty)
        for _ in 0..<3 {
            let sent = connection.sent.count
            let ping = Task { try await stream.ping() }
            try await eventually("it is sent") { connection.sent.count == sent + 1 }
            connection.deliver(#"{"type":"pong","timestamp":1}"#)
            #expect(try await ping.value > .zero)
        }
        await stream.close()
        #expect(fixture.timers.delays.isEmpty)
    }

    @Test("A stream that ends while a pong is in doubt leaves no timer")
    func endsInDoubt() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        try await Self.sendInVain(stream, connection, fixture.timers)
        try await eventually("a marker was sent") { connection.answerMarks(after: 0) == 1 }
        let second = Task { try await stream.ping() }
        try await eventually("the second is sent") { connection.sent.count == 2 }
        connection.deliver(#"{"type":"pong","timestamp":1}"#)
        try await eventually("in doubt") { fixture.timers.delays.count == 2 }
        await stream.close()
        let error = await #expect(throws: AgentRuntimeError.self) { try await second.value }
        #expect(error?.code == .deliveryUnknown)
        #expect(fixture.timers.delays.isEmpty)
    }

    @Test("A ping that is still queued when its time is over is not sent")
    func withdrawn() async throws {
        let fixture = try ClientFixture()
        let (stream, connection) = try await fixture.open()
        connection.holdQueue()
        let first = Task { try await stream.sendShellInput("first") }
        try await eventually("the writer is busy") { connection.isQueueHeld }
        let ping = Task { try await stream.ping() }
        try await eventually("both are bounded") { fixture.timers.delays.count == 2 }
        fixture.timers.fireAll()
        let error = await #expect(throws: AgentRuntimeError.self) { try await ping.value }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("not sent") == true)
        // The writer waits for room, so the command before the ping is still queued, too.
        let command = await #expect(throws: AgentRuntimeError.self) { try await first.value }
        #expect(command?.code == .timedOut)
        connection.releaseQueue()
        try await stream.sendShellInput("second")
        #expect(connection.sent.count == 1)
        #expect(connection.sent.first?.contains("second") == true)
        await stream.close()
    }

    @Test("Pings that nobody answers are forgotten: 200,000 of them leave a few, and stay cheap")
    func forgets() throws {
        let waiters = PingWaiters(timeout: .seconds(100), timers: ManualTimers()) { _ in }
        var sent = 0
        for _ in 0..<200_000 {
            let (ping, isToBeSent) = try waiters.newPing()
            guard isToBeSent else {
                waiters.giveUp(ping, .notSent(within: .seconds(100)))
                continue
            }
            waiters.sends(ping)
            waiters.queued(ping)
            sent += 1
            waiters.timedOut(ping, .notSent(within: .seconds(100)))
        }
        #expect(sent == PingOrder.maximumUnanswered)
        #expect(waiters.count == PingOrder.maximumUnanswered)
    }

    /// A runtime that answers each ping in its own task.
    private static func withServer(
        _ answer: @escaping @Sendable (_ number: Int, WebSocketConnection) async throws -> Void,
        _ body: (WorkspaceStream) async throws -> Void
    ) async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            await withDiscardingTaskGroup { group in
                var number = 0
                var messages = connection.messages.makeAsyncIterator()
                while let message = try? await messages.next() {
                    guard message.text?.contains("ping") == true else { continue }
                    number += 1
                    group.addTask { [number] in try? await answer(number, connection) }
                }
            }
        }
        var configuration = AgentRuntimeConfiguration()
        configuration.pingTimeout = .milliseconds(600)
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)")
        let client = try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
        try await client.withWorkspaceStream(body)
        await client.close()
        await server.close()
        await running
    }

    private static let pong = #"{"type":"pong","timestamp":1}"#

    @Test("Over a real socket: a server that never answers the first ping answers the others")
    func swallowedPong() async throws {
        try await Self.withServer { number, connection in
            if number > 1 { try await connection.send(text: Self.pong) }
        } _: { stream in
            let error = await #expect(throws: AgentRuntimeError.self) { try await stream.ping() }
            #expect(error?.code == .timedOut)
            for _ in 0..<5 {
                let roundTrip = try await stream.ping()
                #expect(roundTrip < .milliseconds(500))
            }
        }
    }

    @Test("Over a real socket: the late pong of one ping is not taken for the answer to the next")
    func latePong() async throws {
        try await Self.withServer { number, connection in
            guard number > 1 else { return }
            // The pong of the first ping comes after the second ping, and the pong of the second one later.
            try await connection.send(text: Self.pong)
            guard number == 2 else { return }
            try await Task.sleep(for: .milliseconds(200))
            try await connection.send(text: Self.pong)
        } _: { stream in
            await #expect(throws: AgentRuntimeError.self) { try await stream.ping() }
            let second = try await stream.ping()
            #expect(second >= .milliseconds(150), "the second took \(second)")
            let third = try await stream.ping()
            #expect(third < .milliseconds(500))
        }
    }

    @Test("If the runtime reads nothing, a ping and a command take no longer than their time limits")
    func fullSocket() async throws {
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            connection.pauseReading()
            _ = try? await connection.waitUntilClosed()
        }
        var configuration = AgentRuntimeConfiguration()
        configuration.pingTimeout = .milliseconds(100)
        configuration.commandTimeout = .milliseconds(200)
        let endpoint = try RuntimeEndpoint("ws://127.0.0.1:\(server.port)")
        let client = try AgentRuntimeClient(endpoint: endpoint, configuration: configuration)
        let stream = try await client.openWorkspaceStream()
        let codes = await withTaskGroup(of: AgentRuntimeError.Code?.self) { group in
            let text = String(repeating: "x", count: 1 << 20)
            for _ in 0..<40 {
                group.addTask {
                    do {
                        try await stream.sendShellInput(text)
                        return nil
                    } catch { return (error as? AgentRuntimeError)?.code }
                }
            }
            return await group.reduce(into: Set()) { if let code = $1 { $0.insert(code) } }
        }
        // The last message that the connection has taken may be written in time; the others are never taken.
        #expect(codes == [.timedOut] || codes == [.timedOut, .deliveryUnknown], "\(codes)")
        let elapsed = await ContinuousClock().measure {
            for _ in 0..<5 { await #expect(throws: AgentRuntimeError.self) { try await stream.ping() } }
        }
        #expect(elapsed < .seconds(3))
        await stream.abort()
        await client.close()
        await server.close()
        await running
    }
}

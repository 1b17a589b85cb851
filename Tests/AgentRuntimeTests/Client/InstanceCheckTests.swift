import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport

@testable import AgentRuntime

@Suite("The check whether the instance still exists", .timeLimit(.minutes(1)))
struct InstanceCheckTests {
    private typealias Action = InstanceCheck.Action

    @Test("It asks after a quiet interval, and waits for the rest of it after an event")
    func quiet() {
        var check = InstanceCheck(interval: .seconds(30))
        #expect(check.start == .wait(.seconds(30)))
        let early = check.timeIsOver(quiet: .seconds(12))
        #expect(early == .wait(.seconds(18)))
        let late = check.timeIsOver(quiet: .seconds(30))
        #expect(late == .ask)
        // A question has a time limit of its own.
        let meanwhile = check.timeIsOver(quiet: .seconds(60))
        #expect(meanwhile == .wait(.seconds(30)))
        let well = check.answered(.well)
        #expect(well == .wait(.seconds(30)))
    }

    @Test("Every answer in every state: another instance at once, and a refusal only if it comes twice in a row")
    func answers() {
        for answers in [[InstanceCheck.Answer.anotherInstance], [.refused, .refused], [.refused, .anotherInstance]] {
            var check = InstanceCheck(interval: .seconds(1))
            var actions: [Action] = []
            for answer in answers {
                _ = check.timeIsOver(quiet: .seconds(1))
                actions.append(check.answered(answer))
            }
            #expect(actions.last == .gone)
            #expect(actions.dropLast().allSatisfy { $0 == .wait(.seconds(5)) })
        }
        var check = InstanceCheck(interval: .seconds(1))
        for answer in [InstanceCheck.Answer.refused, .well, .refused, .well, .well] {
            let question = check.timeIsOver(quiet: .seconds(1))
            #expect(question == .ask)
            let action = check.answered(answer)
            #expect(action == .wait(answer == .well ? .seconds(1) : .seconds(5)))
        }
        // An answer that nobody asked for means nothing.
        let unasked = check.answered(.anotherInstance)
        #expect(unasked == .wait(.seconds(1)))
    }

    /// A client with an open stream in memory, whose control calls go to a raw server.
    private static func withStream(
        _ body: (WorkspaceStream, AgentRuntimeClient, RawServer, ManualTimers) async throws -> Void
    ) async throws {
        let server = try await RawServer.start()
        let (transport, timers) = (ScriptedTransport(), ManualTimers())
        var configuration = AgentRuntimeConfiguration()
        configuration.instanceCheck = .nanoseconds(1)
        let client = AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws://127.0.0.1:\(server.port)", instanceID: "exec-1"),
            configuration: configuration,
            transport: transport,
            timers: timers
        )
        async let opening = client.openWorkspaceStream()
        try await eventually("a dial") { !transport.dials.isEmpty }
        transport.dials[0].succeed()
        let stream = try await opening
        try await eventually("the check waits") { timers.delays == [.nanoseconds(1)] }
        timers.fire(after: .nanoseconds(1))
        try await body(stream, client, server, timers)
        #expect(await client.close().isEmpty)
        #expect(client.tasks.isEmpty)
        #expect(timers.delays.isEmpty)
        await server.close()
    }

    @Test("A health answer of another instance ends every stream of the client with instanceGone")
    func anotherInstance() async throws {
        try await Self.withStream { stream, _, server, _ in
            let peer = try await server.peer()
            let head = try await peer.receiveHead()
            #expect(head.hasPrefix("GET /health HTTP/1.1\r\n") && head.contains("X-Instance-ID: exec-1"))
            let body = #"{"error":"gone","expected_id":"exec-2","got_id":"exec-1","recycled_port":true}"#
            try await peer.send(
                Array("HTTP/1.1 404 Not Found\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
            )
            let end = try await stream.waitUntilDrained()
            #expect(end.error?.code == .instanceGone)
            #expect(end.error?.instance?.expectedID == "exec-2")
        }
    }

    @Test("A refused connection ends nothing; a second one, 5 s later, ends every stream")
    func refusedTwice() async throws {
        try await Self.withStream { stream, _, server, timers in
            let peer = try await server.peer()
            // The first question is answered, so that the port can refuse the next ones.
            _ = try await peer.receiveHead()
            await server.close()
            try await eventually("the first answer") { timers.delays.contains(.nanoseconds(1)) }
            timers.fire(after: .nanoseconds(1))
            try await eventually("the refusal") { timers.delays.contains(InstanceCheck.doubt) }
            #expect(stream.state.value == .open)
            timers.fire(after: InstanceCheck.doubt)
            let end = try await stream.waitUntilDrained()
            #expect(end.error?.code == .instanceGone)
            #expect(end.error?.isTerminal == true)
        }
    }

    @Test("A runtime that refuses once and then is well keeps its streams")
    func oneRefusal() async throws {
        try await Self.withStream { stream, client, server, timers in
            let peer = try await server.peer()
            _ = try await peer.receiveHead()
            await server.close()
            try await eventually("the first answer") { timers.delays.contains(.nanoseconds(1)) }
            timers.fire(after: .nanoseconds(1))
            try await eventually("the refusal") { timers.delays.contains(InstanceCheck.doubt) }
            #expect(stream.state.value == .open)
            #expect(client.tasks.map(\.task) == [.reader, .writer])
        }
    }

    @Test("A close of the client ends a question that nobody answers")
    func closedMeanwhile() async throws {
        try await Self.withStream { _, client, server, _ in
            _ = try await server.peer().receiveHead()
            #expect(client.tasks.contains { $0.task == .call })
        }
    }

    @Test("Without an instance id, or if it is switched off, nobody asks", arguments: [true, false])
    func off(hasID: Bool) async throws {
        let (transport, timers) = (ScriptedTransport(), ManualTimers())
        var configuration = AgentRuntimeConfiguration()
        if hasID { configuration.instanceCheck = nil }
        let client = AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws://127.0.0.1:1", instanceID: hasID ? "i" : nil),
            configuration: configuration,
            transport: transport,
            timers: timers
        )
        async let opening = client.openWorkspaceStream()
        try await eventually("a dial") { !transport.dials.isEmpty }
        transport.dials[0].succeed()
        _ = try await opening
        #expect(timers.delays.isEmpty)
        await client.close()
    }

    @Test("When the last stream has left and then a dial fails, the check ends, too")
    func failedDial() async throws {
        let (transport, timers) = (ScriptedTransport(), ManualTimers())
        let client = AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws://127.0.0.1:1", instanceID: "i"),
            configuration: AgentRuntimeConfiguration(),
            transport: transport,
            timers: timers
        )
        async let opening = client.openWorkspaceStream()
        try await eventually("a dial") { !transport.dials.isEmpty }
        transport.dials[0].succeed()
        let stream = try await opening
        #expect(timers.delays == [.seconds(30)])
        let other = Task { try await client.openAgentStream() }
        try await eventually("another dial") { transport.dials.count == 2 && transport.dials[1].isStarted }
        await stream.close()
        #expect(timers.delays == [.seconds(30)])
        transport.dials[1].fail(WebSocketError(.connectFailed, "no"))
        _ = await other.result
        #expect(timers.delays.isEmpty)
        await client.close()
    }

    @Test("A Unix socket that is not there counts like a port that refuses")
    func noSocket() async throws {
        let (transport, timers) = (ScriptedTransport(), ManualTimers())
        var configuration = AgentRuntimeConfiguration()
        configuration.instanceCheck = .nanoseconds(1)
        let client = AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws+unix:/nonexistent/agentctl.sock", instanceID: "i"),
            configuration: configuration,
            transport: transport,
            timers: timers
        )
        async let opening = client.openWorkspaceStream()
        try await eventually("a dial") { !transport.dials.isEmpty }
        transport.dials[0].succeed()
        let stream = try await opening
        try await eventually("the check waits") { timers.delays == [.nanoseconds(1)] }
        timers.fire(after: .nanoseconds(1))
        try await eventually("the doubt") { timers.delays.contains(InstanceCheck.doubt) }
        timers.fire(after: InstanceCheck.doubt)
        #expect(try await stream.waitUntilDrained().error?.code == .instanceGone)
        await client.close()
    }
}

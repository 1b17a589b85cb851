import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

@Suite("Requests of the server", .timeLimit(.minutes(1))) struct AgentServerRequestTests {
    private static func request(_ id: String) -> String {
        #"{"id":"\#(id)","type":"request","action":"mcp.call","payload":{"n":"\#(id)"}}"#
    }

    private struct Failure: Error {}

    @Test("The handler's value or error is the answer, with the same id")
    func answers() async throws {
        let fixture = try await AgentFixture { settings in
            settings.onServerRequest = { request in
                switch request.payload["n"]?.string {
                case "1": return request.payload
                case "2": throw AgentServerError(.notFound, "no tool")
                default: throw Failure()
                }
            }
        }
        for id in ["1", "2", "3"] { fixture.connection.deliver(Self.request(id)) }
        try await eventually("three answers") { fixture.connection.sent.count == 3 }
        let answers = fixture.connection.sentMessages.sorted { $0.id < $1.id }
        #expect(answers.map(\.id) == ["1", "2", "3"])
        #expect(answers.map(\.type) == ["response", "error", "error"])
        #expect(answers.map(\.action) == ["mcp.call", "mcp.call", "mcp.call"])
        #expect(answers[0].payload.text == #"{"n":"1"}"#)
        #expect(answers[1].payload.text == #"{"code":"NOT_FOUND","message":"no tool"}"#)
        #expect(answers[2].payload["code"]?.string == "INTERNAL_ERROR")
        fixture.connection.deliver(ScriptedConnection.chunk("x"))
        #expect(try await fixture.stream.events.take(1).map(\.short) == ["x"])
        await fixture.client.close()
    }

    @Test("Without a handler each request is answered with an error")
    func noHandler() async throws {
        let fixture = try await AgentFixture()
        fixture.connection.deliver(Self.request("1"))
        let answer = try await fixture.connection.sent(0)
        #expect((answer.id, answer.type, answer.payload["code"]?.string) == ("1", "error", "UNKNOWN_ACTION"))
        await fixture.client.close()
    }

    @Test("No more handlers run at the same time than configured; the others follow")
    func concurrency() async throws {
        let (running, highest, gate) = (Locked(0), Locked(0), Promise<Void>())
        let fixture = try await AgentFixture { settings in
            settings.maximumConcurrentServerRequests = 2
            settings.onServerRequest = { _ in
                let now = running.withLock { count in
                    count += 1
                    return count
                }
                highest.withLock { $0 = max($0, now) }
                await gate.wait()
                running.withLock { $0 -= 1 }
                return .null
            }
        }
        for id in 0..<10 { fixture.connection.deliver(Self.request("\(id)")) }
        try await eventually("two run") { running.withLock { $0 } == 2 }
        for _ in 0..<1000 { await Task.yield() }
        #expect(running.withLock { $0 } == 2)
        gate.resolve(())
        try await eventually("all answers") { fixture.connection.sent.count == 10 }
        #expect(highest.withLock { $0 } == 2)
        await fixture.client.close()
    }

    @Test("A close cancels the handlers, and waits until they have ended")
    func closeWaits() async throws {
        let (isCancelled, isStarted, gate) = (Promise<Void>(), Promise<Void>(), Promise<Void>())
        let ended = Locked(false)
        let fixture = try await AgentFixture { settings in
            settings.onServerRequest = { _ in
                await withTaskCancellationHandler {
                    isStarted.resolve(())
                    await gate.wait()
                    ended.withLock { $0 = true }
                } onCancel: {
                    isCancelled.resolve(())
                }
                return .null
            }
        }
        fixture.connection.deliver(Self.request("1"))
        await isStarted.wait()
        let closing = Task { await fixture.client.close() }
        try await eventually("the handler is cancelled") { isCancelled.value != nil }
        #expect(fixture.client.tasks.contains { $0.task == .reader })
        gate.resolve(())
        #expect(await closing.value.isEmpty)
        #expect(ended.withLock { $0 })
        #expect(fixture.client.tasks.isEmpty)
        #expect(fixture.connection.sent.isEmpty)
    }

    @Test("A lost connection cancels the handlers, too")
    func lossCancels() async throws {
        let isStarted = Promise<Void>()
        let fixture = try await AgentFixture { settings in
            settings.onServerRequest = { _ in
                isStarted.resolve(())
                try await Promise<Void>().waitUnlessCancelled()
                return .null
            }
        }
        fixture.connection.deliver(Self.request("1"))
        await isStarted.wait()
        fixture.connection.end(cause: .failed(WebSocketError(.connectionLost, "lost")))
        _ = try await fixture.stream.waitUntilDrained()
        #expect(fixture.client.tasks.isEmpty)
        await fixture.client.close()
    }

    @Test("A handler may send a request of its own on the stream")
    func handlerSends() async throws {
        let stream = Locked<AgentStream?>(nil)
        let fixture = try await AgentFixture { settings in
            settings.onServerRequest = { _ in
                let lines = try await stream.withLock { $0 }?.standardError() ?? []
                return .string(lines.joined())
            }
        }
        stream.withLock { $0 = fixture.stream }
        fixture.connection.deliver(Self.request("1"))
        let request = try await fixture.connection.sent(0)
        fixture.connection.answer(request, #"{"lines":["a","b"]}"#)
        #expect(try await fixture.connection.sent(1).payload.string == "ab")
        stream.withLock { $0 = nil }
        await fixture.client.close()
    }
}

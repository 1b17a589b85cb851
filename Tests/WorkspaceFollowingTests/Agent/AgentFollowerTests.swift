import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("Following an agent stream", .timeLimit(.minutes(1)))
struct AgentFollowerTests {
    @Test("On the first connection events come as they are, and nothing is asked")
    func first() async throws {
        try await AgentFixture.withFollower { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            let begin = try await iterator.take(until: "live").map(\.short)
            #expect(begin == ["dialling", "live"])
            server.sendChunk("one")
            let element = try await iterator.next()
            #expect(element?.short == "one")
            #expect(server.agentActions.isEmpty)
        }
    }

    @Test("After a return: the gap, the permission requests, then the events that waited in the runtime")
    func returns() async throws {
        try await AgentFixture.withFollower {
            AgentFixture.waiting(&$0)
        } _: { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "live")
            server.sendChunk("before")
            _ = try await iterator.take(until: "before")
            try await AgentFixture.lose(server, follower)
            server.sendChunk("while away")
            follower.reconnectNow()
            let back = try await iterator.take(until: "while away")
            #expect(
                back.map(\.short) == [
                    "waiting", "dialling", "recovering", "gap disconnected", "permissions 0", "live", "while away",
                ]
            )
            let gap = try #require(back.compactMap(\.gap).first)
            #expect(gap.scope == .stream && gap.certainty == .unknown && gap.since.local <= gap.until.local)
            #expect(server.agentActions == ["agent.permissions.list"])
        }
    }

    @Test("A turn goes on over a lost connection: its permission request is found and answered, and its end ends it")
    func turnGoesOn() async throws {
        let permission = MockAgentPermission(toolCallID: "t", title: "Run", command: "make")
        let script: [AgentStep] = [
            .event(["type": "message_chunk", "text": "begin"]), .permission(permission), .tellOutcome,
            .event(["type": "message_chunk", "text": "end"]),
        ]
        try await AgentFixture.withFollower(script: script) { server, follower in
            try await AgentFixture.initialize(follower)
            let turn = try await follower.prompt("go")
            var seen: [String] = []
            for try await element in turn.elements {
                seen.append(element.short)
                if element.short == "permission_request" { server.abortAll() }
                for permission in element.permissions ?? [] { try await permission.respond(option: "allow") }
            }
            guard case .completed(let event)? = turn.end else {
                Issue.record("\(String(describing: turn.end)): \(seen)")
                return
            }
            #expect(event.promptGeneration == turn.generation)
            let tail = seen.drop { $0 != "permission_request" }.filter { $0 != "waiting" && $0 != "dialling" }
                .map { $0.hasPrefix("permission: ") && $0.contains("allow") ? "permission: allow" : $0 }
            #expect(
                tail == [
                    "permission_request", "recovering", "gap disconnected", "permissions 1", "live",
                    "permission: allow",
                    "end", "complete",
                ]
            )
            #expect(server.agentActions.count { $0 == "agent.initialize" } == 1)
            #expect(server.agentActions.count { $0 == "agent.permissions.list" } == 1)
        }
    }

    @Test("Another task can wait for the end of a turn, while one loop takes all elements")
    func waitingForATurn() async throws {
        try await AgentFixture.withFollower { server, follower in
            try await AgentFixture.initialize(follower)
            let loop = Task {
                var texts: [String] = []
                for try await element in follower.elements { texts.append(element.short) }
                return texts
            }
            for _ in 0..<5 {
                let turn = try await follower.prompt("hi")
                guard case .completed = try await turn.waitUntilEnded() else {
                    Issue.record("\(String(describing: turn.end))")
                    break
                }
            }
            #expect(await follower.close().isEmpty)
            let texts = try await loop.value
            #expect(texts.count { $0 == "Hello " } == 5 && texts.last == "gone")
        }
    }

    @Test("A request that was sent before the connection was lost is unknown, and is not sent again")
    func pendingIsUnknown() async throws {
        let faults = [AnswerFault("agent.stderr", .silence)]
        try await AgentFixture.withFollower(faults: faults) { server, follower in
            let request = Task { try await follower.request(.standardError()) }
            try await server.waitForAgentRequests(1)
            server.abortAll()
            let error = await #expect(throws: AgentRuntimeError.self) { try await request.value }
            #expect(error?.code == .deliveryUnknown && error?.requestCertainty == .unknown)
            try await eventually("it is back") { server.agentActions.contains("agent.permissions.list") }
            #expect(server.agentActions.count { $0 == "agent.stderr" } == 1)
        }
    }

    @Test("A request without a connection waits for the next one; without one in time it was not sent")
    func requestsWait() async throws {
        try await AgentFixture.withFollower {
            AgentFixture.waiting(&$0)
        } _: { server, follower in
            follower.discardElements()
            let first = try await follower.request(.standardError()).lines
            #expect(!first.isEmpty)
            server.abortAll()
            try await eventually("it waits") { follower.work == [.waiting] }
            let late = await #expect(throws: AgentRuntimeError.self) {
                try await follower.request(.standardError(), timeout: .milliseconds(20))
            }
            #expect(late?.code == .timedOut && late?.requestCertainty == .notSent)
            let request = Task { try await follower.request(.standardError()) }
            let cancelled = Task { try await follower.prompt("x") }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            follower.reconnectNow()
            let second = try await request.value.lines
            #expect(!second.isEmpty)
            let last = Task { try await follower.request(.standardError(), timeout: .seconds(1000)) }
            server.abortAll()
            try await eventually("it waits again") { follower.work == [.waiting] }
            follower.requestClose()
            _ = await last.result
            let closed = await #expect(throws: AgentRuntimeError.self) { try await follower.cancel() }
            #expect(closed?.code == .streamClosed && closed?.requestCertainty == .notSent)
            #expect(server.agentActions.count { $0 == "agent.prompt" } == 0)
        }
    }

    @Test("A connection that is lost during the return loses no event of it")
    func lostWhileRecovering() async throws {
        let faults = [AnswerFault("agent.permissions.list", .silence, count: 1)]
        try await AgentFixture.withFollower(faults: faults) {
            AgentFixture.waiting(&$0)
        } _: { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "live")
            try await AgentFixture.lose(server, follower)
            server.sendChunk("one")
            follower.reconnectNow()
            try await server.waitForAgentRequests(1)
            try await eventually("the event has come") { follower.stream?.receivedEvents == 1 }
            try await AgentFixture.lose(server, follower)
            server.sendChunk("two")
            follower.reconnectNow()
            let texts = try await iterator.take(until: "two").map(\.short)
            #expect(texts.filter { $0 == "one" || $0 == "two" } == ["one", "two"])
            // Each return is told, also the one that did not become live.
            #expect(texts.count { $0 == "gap disconnected" } == 2)
            #expect(texts.count { $0 == "live" } == 1)
        }
    }

    @Test("If the list of permission requests does not come in time, a gap says so, and events come")
    func listUnanswered() async throws {
        let faults = [AnswerFault("agent.permissions.list", .silence)]
        try await AgentFixture.withFollower(faults: faults) {
            $0.recovery.timeout = .milliseconds(50)
        } _: { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "live")
            try await AgentFixture.open(server, follower)
            server.abortAll()
            let back = try await iterator.take(until: "live").map(\.short)
            #expect(back.suffix(4) == ["recovering", "gap disconnected", "gap unanswered", "live"])
            server.sendChunk("one")
            _ = try await iterator.take(until: "one")
        }
    }

    @Test("For a consumer that takes nothing, no connection is made beyond the bound; then everything comes in order")
    func bounded() async throws {
        try await AgentFixture.withFollower {
            AgentFixture.waiting(&$0)
            $0.runtime.maximumQueuedEvents = 8
        } _: { server, follower in
            try await eventually("it is open") { follower.stream != nil }
            for index in 0..<4 { server.sendChunk("\(index)") }
            try await eventually("four have come") { follower.stream?.receivedEvents == 4 }
            try await AgentFixture.lose(server, follower)
            follower.reconnectNow()
            try await eventually("it is back") { server.agentActions.contains("agent.permissions.list") }
            for index in 4..<10 { server.sendChunk("\(index)") }
            try await eventually("six have come") { follower.stream?.receivedEvents == 6 }
            try await AgentFixture.lose(server, follower)
            for index in 10..<20 { server.sendChunk("\(index)") }
            follower.reconnectNow()
            // Ten wait, and a stream may have eight. The wait before the attempt may end a little later.
            try await eventually("it waits for the consumer") {
                follower.core.state.withLock { $0.roomWaiter != nil } && follower.work == [.asking]
            }
            #expect(server.agentClientCount == 0)
            var iterator = follower.elements.makeAsyncIterator()
            let numbers = try await iterator.take(until: "19").map(\.short).compactMap { Int($0) }
            #expect(numbers == Array(0..<20))
        }
    }

    @Test("Leaving a loop loses nothing, and only one task may iterate")
    func iterators() async throws {
        try await AgentFixture.withFollower { server, follower in
            for index in 0..<6 { server.sendChunk("\(index)") }
            var numbers: [Int] = []
            while numbers.count < 6 {
                for try await element in follower.elements {
                    guard let number = Int(element.short) else { continue }
                    numbers.append(number)
                    break
                }
            }
            #expect(numbers == Array(0..<6))
            let waiting = Task {
                var iterator = follower.elements.makeAsyncIterator()
                while true {
                    do {
                        return try await iterator.next()?.short
                    } catch let error as AgentRuntimeError where error.code == .alreadyReceiving {
                        await Task.yield()
                    }
                }
            }
            try await eventually("a second task is refused") {
                do {
                    _ = try await withTimeout("the refusal", .milliseconds(50)) {
                        var iterator = follower.elements.makeAsyncIterator()
                        return try await iterator.next()?.short
                    }
                    return false
                } catch let error as AgentRuntimeError {
                    return error.code == .alreadyReceiving
                } catch {
                    return false
                }
            }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            server.sendChunk("last")
            var iterator = follower.elements.makeAsyncIterator()
            let last = try await iterator.next()
            #expect(last?.short == "last")
        }
    }

    @Test("Close code 4001 ends it, because another client has the agent; 4002 is retried")
    func closeCodes() async throws {
        try await AgentFixture.withFollower { server, follower in
            var iterator = follower.elements.makeAsyncIterator()
            _ = try await iterator.take(until: "live")
            try await AgentFixture.open(server, follower)
            await server.closeAll(CloseCode(4002), reason: "offline_budget")
            let back = try await iterator.take(until: "live")
            guard case .connection(.waiting(let wait)) = back.first(where: { $0.short == "waiting" }) else {
                Issue.record("\(back.map(\.short))")
                return
            }
            #expect(wait.failure.closeCode == CloseCode(4002) && wait.failure.retry == .backOff)
            await server.closeAll(CloseCode(4001), reason: "superseded")
            _ = try await iterator.take(until: "gone")
            let after = try await iterator.next()
            #expect(after == nil)
            guard case .failed(let failure)? = follower.end else {
                Issue.record("\(String(describing: follower.end))")
                return
            }
            #expect(failure.closeCode == CloseCode(4001) && failure.retry == .never)
            #expect(server.agentClientCount == 0)
        }
    }
}

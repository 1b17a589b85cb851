import AgentRuntime
import InMemoryTracing
import MockAgentServer
import TestSupport
import Testing
import Tracing

@testable import WorkspaceFollowing

@Suite("What a follower of an agent lets others observe", .timeLimit(.minutes(1)))
struct AgentObservationTests {
    @Test("A turn is one span over a lost connection, and the return is observed with its gap")
    func turn() async throws {
        let (tracer, seen) = (InMemoryTracer(), Recorder<FollowerObservation>())
        try await AgentFixture.withFollower { configuration in
            configuration.runtime.tracer = tracer
            configuration.observer = FollowerObserver { seen.append($0) }
        } _: { server, follower in
            try await AgentFixture.initialize(follower)
            let turn = try await follower.prompt("perm: run the tests")
            for try await element in turn.elements {
                if element.short == "permission_request" {
                    #expect(!tracer.finishedSpans.contains { $0.operationName == "agentctl.turn" })
                    server.abortAll()
                }
                for permission in element.permissions ?? [] { try await permission.respond(option: "allow") }
            }
            let span = try #require(tracer.finishedSpans.first { $0.operationName == "agentctl.turn" })
            #expect(span.attributes.get("agentctl.turn.end") == .string("completed") && span.status == nil)
            let recovery = tracer.finishedSpans.first { $0.operationName == "agentctl.recovery" }
            #expect(recovery?.attributes.get("agentctl.stream") == .string("agent"))
        }
        try await eventually("the end") { seen.values.contains { $0.state?.name == "gone" } }
        #expect(seen.values.allSatisfy { $0.stream == .agent })
        let states = seen.values.compactMap(\.state?.name)
        #expect(states.prefix(2) == ["dialling", "live"] && states.suffix(3) == ["recovering", "live", "gone"])
        let gaps = seen.values.compactMap { if case .gap(let gap) = $0.kind { gap.cause } else { nil } }
        #expect(gaps == [.disconnected])
        let recovered = seen.values.compactMap { if case .recovered(let recovery) = $0.kind { recovery } else { nil } }
        #expect(recovered.map(\.events) == [1])
        #expect(tracer.activeSpans.isEmpty)
    }

    @Test("A turn whose end is never seen ends its span with the follower")
    func unseen() async throws {
        let tracer = InMemoryTracer()
        try await AgentFixture.withFollower {
            $0.runtime.tracer = tracer
        } _: { _, follower in
            try await AgentFixture.initialize(follower)
            _ = try await follower.prompt("perm: run the tests")
            await follower.close()
            follower.discardElements()
        }
        let span = try #require(tracer.finishedSpans.first { $0.operationName == "agentctl.turn" })
        #expect(span.attributes.get("agentctl.turn.end") == .string("unseen") && span.status?.code == .error)
    }
}

extension FollowerObservation {
    fileprivate var state: FollowerState? { if case .changed(_, let state) = self.kind { state } else { nil } }
}

import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

// The example of the README, between its fences; it has to compile, and to be the same there and here.
// example begins
func watch(_ url: String) async throws -> FollowerEnd? {
    let source = StaticEndpointSource(try RuntimeEndpoint(url))
    return try await WorkspaceFollower.withFollower(of: source) { follower in
        for try await element in follower.elements {
            switch element {
            case .event(let event): print("live:", event.type)
            case .recovered(let event, by: let answer): print("missed, and recovered from \(answer):", event.type)
            case .gap(let gap): print("may be missing:", gap.scope, gap.cause, gap.certainty)
            case .connection(.gone(let end)): return end
            case .connection(let state): print("connection:", state.name)
            @unknown default: break
            }
        }
        return nil
    }
}
// example ends

@Suite("The example of the README that follows", .timeLimit(.minutes(1)))
struct ReadmeExampleTests {
    @Test("It is the code that is compiled here")
    func isCompiled() throws { #expect(try readmeHasExample(of: #filePath)) }

    @Test("It connects again after a lost connection, and ends where a retry can't help")
    func runs() async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario(attempts: [[.cut], [.close(.policyViolation)]])
        try await withMockServer(configuration) { server in
            let end = try await watch(server.url)
            #expect(end?.failure?.closeCode == .policyViolation)
            #expect(server.upgrades.count == 2)
        }
    }
}

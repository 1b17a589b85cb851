import AgentRuntime
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceFollowing
import WorkspaceProtocol

@Suite("A follower that ends for good", .timeLimit(.minutes(1)))
struct EndingTests {
    private static let output = WorkspaceEvent(.shellExit(code: 7), timestamp: 1)

    /// All elements except the states before the end.
    private func elements(_ attempts: [[ScenarioStep]]) async throws -> [FollowedElement] {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario(attempts: attempts)
        return try await withMockServer(configuration) { server in
            let source = StaticEndpointSource(try RuntimeEndpoint(server.url))
            return try await WorkspaceFollower.withFollower(of: source) { follower in
                var elements: [FollowedElement] = []
                for try await element in follower.elements {
                    if case .connection(let state) = element {
                        guard case .gone = state else { continue }
                    }
                    elements.append(element)
                }
                return elements
            }
        }
    }

    private func index(of scope: Gap.Scope, in elements: [FollowedElement]) -> Int? {
        elements.firstIndex { if case .gap(let gap) = $0 { gap.scope == scope } else { false } }
    }

    @Test("Events that it held back are its last elements, after the gap")
    func deliversHeldEvents() async throws {
        let elements = try await self.elements([[.cut], [.send([Self.output]), .close(.policyViolation)]])
        let gap = try #require(self.index(of: .stream, in: elements))
        let event = try #require(elements.firstIndex(of: .event(Self.output)))
        #expect(gap < event)
        #expect(elements.count { $0 == .event(Self.output) } == 1)
        guard case .connection(.gone(.failed(let failure)))? = elements.last else {
            Issue.record("\(String(describing: elements.last))")
            return
        }
        #expect(failure.closeCode == .policyViolation)
    }

    @Test("If the connection was lost before, the last gap is without an end: it comes before the last state")
    func tellsTheLastGap() async throws {
        let elements = try await self.elements([[.cut], [.refuseUpgrade(status: 403)]])
        #expect(self.index(of: .stream, in: elements) == elements.count - 2)
    }

    @Test(
        "If the first connection ends for good, nothing was missed before",
        arguments: [[.refuseUpgrade(status: 403)], [.close(.policyViolation)]] as [[ScenarioStep]]
    )
    func tellsNoGap(steps: [ScenarioStep]) async throws {
        let elements = try await self.elements([steps])
        #expect(self.index(of: .stream, in: elements) == nil)
        #expect(!elements.isEmpty)
    }
}

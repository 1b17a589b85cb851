import AgentRuntime
import ConcurrencyPrimitives
import RuntimeLifecycle
import Testing
import WebSocketProtocol
import WorkspaceFollowing

@testable import wsstream

@Suite("The source of a tail's endpoint")
struct TailEndpointSourceTests {
    @Test("It keeps the error of its last answer, and waits only for a workspace whose runtime does not run")
    func keepsTheError() async throws {
        let endpoint = FollowedEndpoint(try RuntimeEndpoint("ws://127.0.0.1:1"), generation: 3)
        let answers = Locked<[Result<FollowedEndpoint, LifecycleError>]>([
            .failure(LifecycleError(.notReady, "It is stopped.")),
            .failure(LifecycleError(.unknownWorkspace, "There is none.")), .success(endpoint),
        ])
        let source = TailEndpointSource { try answers.withLock { $0.removeFirst() }.get() }
        #expect(source.lastError == nil)
        #expect(!source.isWaiting)
        await #expect(throws: LifecycleError.self) { try await source.endpoint() }
        #expect(source.isWaiting)
        await #expect(throws: LifecycleError.self) { try await source.endpoint() }
        #expect((source.lastError as? LifecycleError)?.code == .unknownWorkspace)
        #expect(!source.isWaiting)
        #expect(try await source.endpoint().generation == 3)
        #expect(source.lastError == nil)
    }

    @Test("An error of the journal decides about a retry: only a runtime that does not run is waited for")
    func retries() async throws {
        for (code, expected) in [(LifecycleError.Code.notReady, true), (.unknownWorkspace, false), (.storage, false)] {
            let source = TailEndpointSource { throw LifecycleError(code, "x") }
            _ = try? await source.endpoint()
            let failure = FollowerFailure(.source, description: "x", retry: .backOff)
            #expect(TailRetries(waits: true, source: source).advice(for: failure).canHelp == expected)
            // Before `connected`, nobody waits without being told to.
            #expect(!TailRetries(waits: false, source: source).advice(for: failure).canHelp)
        }
    }
}

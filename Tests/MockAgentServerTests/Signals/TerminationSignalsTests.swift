import Foundation
import Testing

@testable import MockAgentServer

@Suite("Termination signals", .serialized, .timeLimit(.minutes(1)))
struct TerminationSignalsTests {
    @Test("A signal becomes an element instead of ending the process", arguments: [SIGINT, SIGTERM])
    func element(number: Int32) async throws {
        let signals = try await TerminationSignals()
        kill(getpid(), number)
        let signal = await signals.first()
        #expect(signal?.number == number)
        #expect(signal?.exitCode == 128 + number)
    }

    @Test("Everyone who listens gets a signal")
    func several() async throws {
        let (first, second) = (try await TerminationSignals(), try await TerminationSignals())
        kill(getpid(), SIGTERM)
        #expect(await [first.first(), second.first()] == [.terminate, .terminate])
    }

    @Test("A cancelled wait ends without a signal")
    func cancelled() async throws {
        let signals = try await TerminationSignals()
        let task = Task { await signals.first() }
        task.cancel()
        #expect(await task.value == nil)
    }
}

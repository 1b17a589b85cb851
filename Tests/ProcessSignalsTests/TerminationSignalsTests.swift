import Foundation
import ProcessSignals
import Testing

@Suite("Termination signals", .serialized, .timeLimit(.minutes(1)))
struct TerminationSignalsTests {
    /// The signals that are not ignored; the starter of the tests may ignore some, like a script for its background
    /// jobs.
    private static let ours: [Int32] = {
        let numbers = [SIGINT, SIGTERM, SIGHUP]
        for number in numbers { signal(number, SIG_DFL) }
        return numbers
    }()

    @Test("A signal becomes an element instead of ending the process", arguments: Self.ours)
    func element(number: Int32) async throws {
        let signals = await TerminationSignals()
        kill(getpid(), number)
        let signal = await signals.first()
        #expect(signal?.number == number)
        #expect(signal?.exitCode == 128 + number)
    }

    @Test("Everyone who listens gets a signal")
    func several() async throws {
        let (first, second) = (await TerminationSignals(), await TerminationSignals())
        kill(getpid(), SIGTERM)
        #expect(await [first.first(), second.first()] == [.terminate, .terminate])
    }

    @Test("The second signal is an element of its own, also before anyone iterates")
    func second() async throws {
        let signals = await TerminationSignals()
        kill(getpid(), SIGTERM)
        #expect(await signals.first() == .terminate)
        kill(getpid(), SIGTERM)
        kill(getpid(), SIGINT)
        var seen: Set<TerminationSignal> = []
        for await signal in signals {
            seen.insert(signal)
            if seen.count == 2 { break }
        }
        #expect(seen == [.terminate, .interrupt])
    }

    @Test("A cancelled wait ends without a signal")
    func cancelled() async throws {
        let signals = await TerminationSignals()
        let task = Task { await signals.first() }
        task.cancel()
        #expect(await task.value == nil)
    }
}

import Testing

@testable import RuntimeLifecycle

@Suite("The exhaustive model", .timeLimit(.minutes(5)))
struct ModelTests {
    static let requests = [
        CycleRequest(.getOrStart), CycleRequest(.stop), CycleRequest(.restart),
        CycleRequest(.restart, onlyGeneration: 1), CycleRequest(.recover), CycleRequest(.delete),
        CycleRequest(.markFailed, onlyGeneration: 1), CycleRequest(.create),
    ]

    @Test(
        "Two actors, any verb after a start against any verb, a crash, a death and a full disk anywhere: no bad world",
        arguments: Self.requests
    )
    func production(request: CycleRequest) async {
        let search = ModelSearch(rules: ModelWorld.Rules())
        for other in Self.requests {
            // A search is seconds of computing: not on the cooperative pool, where other tests live.
            let outcome = await BlockingThread.run {
                search.run([CycleRequest(.getOrStart), request], [other], crashes: 1, deaths: 1, writeFailures: 1)
            }
            #expect(outcome.violation == nil, "\(outcome.violation ?? "")")
            #expect(outcome.worlds > 100)
        }
    }

    @Test("A complaint after a complaint is given up, against any verb, a crash and a full disk: no bad world")
    func complaints() async {
        let search = ModelSearch(rules: ModelWorld.Rules())
        let complaints = [
            CycleRequest(.getOrStart), CycleRequest(.restart, onlyGeneration: 1),
            CycleRequest(.restart, onlyGeneration: 2),
        ]
        for other in Self.requests {
            let outcome = await BlockingThread.run {
                search.run(complaints, [other], crashes: 1, deaths: 0, writeFailures: 1)
            }
            #expect(outcome.violation == nil, "\(outcome.violation ?? "")")
        }
    }

    @Test("Two starters and two crashes: no bad world")
    func twoCrashes() async {
        let search = ModelSearch(rules: ModelWorld.Rules())
        let starts = [CycleRequest(.getOrStart), CycleRequest(.getOrStart)]
        let outcome = await BlockingThread.run {
            search.run(starts, starts, crashes: 2, deaths: 1, writeFailures: 1)
        }
        #expect(outcome.violation == nil, "\(outcome.violation ?? "")")
    }

    @Test(
        "Without a protection the same search finds a bad world",
        arguments: [
            ModelWorld.Rules(hasLock: false), ModelWorld.Rules(hasLock: false, hasLifeLock: false),
            ModelWorld.Rules(hasLifeLock: false, hasInspection: false),
            ModelWorld.Rules(hasLifeLock: false, hasCommitPipe: false),
        ]
    )
    func withoutProtection(rules: ModelWorld.Rules) {
        let starts = [CycleRequest(.getOrStart)]
        let outcome = ModelSearch(rules: rules).run(starts, starts, crashes: 1, deaths: 0, writeFailures: 0)
        #expect(outcome.violation != nil)
    }
}

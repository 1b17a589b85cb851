import Testing

@testable import RuntimeLifecycle

@Suite("The exhaustive model of a lane", .timeLimit(.minutes(2)))
struct LaneModelTests {
    @Test(
        "In every order of six requests, timers, delays and ends: one cycle at a time, no request lost, none answered twice"
    )
    func production() async {
        let outcome = await BlockingThread.run { LaneModel(isAtomic: true).search(policy: RestartPolicy()) }
        #expect(outcome.fault == nil)
        #expect(outcome.worlds > 1000)
    }

    @Test("When the decision and its effect are two steps, the same search finds a lost request")
    func lostWakeUp() {
        #expect(LaneModel(isAtomic: false).search(policy: RestartPolicy()).fault != nil)
    }
}

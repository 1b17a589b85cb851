import Testing

/// The production barrier under every interleaving of its users, its tasks and the network.
///
/// Two tasks open, one of which may be cancelled or both; one closes, one closes from within its loop over the events,
/// one aborts, two close the client; the server closes, the connection is lost, a send fails; readers and writers start
/// late and leave in either order.
@Suite("The barrier, searched exhaustively", .timeLimit(.minutes(2)))
struct BarrierModelTests {
    @Test("No interleaving breaks a rule of the barrier")
    func everyInterleaving() {
        var search = ModelSearch()
        var finding: ModelSearch.Finding?
        let elapsed = ContinuousClock().measure { finding = search.run(from: ModelWorld()) }
        print(
            "The barrier's model: \(search.states) states, \(search.transitions) transitions, depth \(search.depth),",
            "\(search.quietStates) quiet states, in \(elapsed)"
        )
        #expect(finding == nil, "\(finding?.description ?? "")")
        #expect(search.quietStates > 100)
    }

    @Test("The search finds each broken rule of the barrier", arguments: BarrierUnderTest.Fault.allCases)
    func brokenBarrier(fault: BarrierUnderTest.Fault) throws {
        var search = ModelSearch()
        let found = search.run(from: ModelWorld(barrier: fault))
        let finding = try #require(found, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states and \(finding.steps.count) steps: \(finding.violation)")
    }

    @Test("The search finds each step that the driver leaves out", arguments: ModelFault.allCases)
    func brokenDriver(fault: ModelFault) throws {
        var search = ModelSearch()
        let found = search.run(from: ModelWorld(driver: fault))
        let finding = try #require(found, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states and \(finding.steps.count) steps: \(finding.violation)")
    }
}

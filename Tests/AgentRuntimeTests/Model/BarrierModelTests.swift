import Foundation
import Testing

/// Tests the production barrier with every order of the steps of its users, its tasks and the network.
///
/// Two tasks open streams, and each may be cancelled. One task closes, one closes from inside its loop over the events,
/// one aborts, and two close the client. On every stream the server may close, the connection may be lost, and a send
/// may fail. Readers and writers start late, and leave in either order.
///
/// `WSSTREAM_MODEL_OPENERS=3` searches with three tasks that open: 33 million steps instead of 0.8 million. With
/// `WSSTREAM_MODEL_TROUBLED=1`, servers and networks also fail in the search with a call: 13 million steps.
@Suite("The barrier, searched exhaustively", .timeLimit(.minutes(10)))
struct BarrierModelTests {
    @Test("No interleaving breaks a rule of the barrier")
    func everyInterleaving() {
        let openers = ProcessInfo.processInfo.environment["WSSTREAM_MODEL_OPENERS"].flatMap(Int.init) ?? 2
        var search = ModelSearch()
        var finding: ModelSearch.Finding?
        let elapsed = ContinuousClock().measure { finding = search.run(from: ModelWorld(openers: openers)) }
        print(
            "The barrier's model with \(openers) openers: \(search.states) states, \(search.transitions) transitions, depth \(search.depth),",
            "\(search.quietStates) quiet states, in \(elapsed)"
        )
        #expect(finding == nil, "\(finding?.description ?? "")")
        #expect(search.quietStates > 100)
    }

    @Test("With two slots, no interleaving breaks a rule: a close of the client closes both, and waits for both")
    func twoSlots() {
        var search = ModelSearch()
        var finding: ModelSearch.Finding?
        let elapsed = ContinuousClock().measure { finding = search.run(from: Self.twoSlots()) }
        print(
            "The barrier's model with two slots: \(search.states) states, \(search.transitions) transitions,",
            "depth \(search.depth), \(search.quietStates) quiet states, in \(elapsed)"
        )
        #expect(finding == nil, "\(finding?.description ?? "")")
        #expect(search.quietStates > 100)
    }

    /// Two slots, each with a task that opens; one task closes a stream, and one closes the client.
    ///
    /// With all the actors of the search of one slot, the number of states would be its square.
    private static func twoSlots(
        barrier fault: BarrierUnderTest.Fault? = nil,
        driver: ModelFault? = nil
    ) -> ModelWorld {
        ModelWorld(openers: 2, slots: 2, closers: 1, clientClosers: 1, barrier: fault, driver: driver)
    }

    @Test("With two slots and a control call, a close of all streams and one of the client leave nothing behind")
    func twoSlotsAndACall() {
        var search = ModelSearch()
        var finding: ModelSearch.Finding?
        let elapsed = ContinuousClock().measure { finding = search.run(from: Self.call()) }
        print(
            "The barrier's model with a call: \(search.states) states, \(search.transitions) transitions,",
            "depth \(search.depth), \(search.quietStates) quiet states, in \(elapsed)"
        )
        #expect(finding == nil, "\(finding?.description ?? "")")
        #expect(search.quietStates > 100)
    }

    /// Two slots, each with a task that opens, and a control call; one task closes all streams, and one the client.
    private static func call(
        barrier fault: BarrierUnderTest.Fault? = nil,
        driver: ModelFault? = nil
    ) -> ModelWorld {
        ModelWorld(
            openers: 2,
            // An opener waits only for another one in its slot.
            slots: driver == .leavesOpenersWaiting ? 1 : 2,
            closers: driver == .leavesOpenersWaiting ? 1 : 0,
            clientClosers: 2,
            // The other searches have servers and networks that fail; with all of them, this one takes minutes.
            isTroubled: ProcessInfo.processInfo.environment["WSSTREAM_MODEL_TROUBLED"] != nil,
            hasCall: true,
            closesStreams: true,
            barrier: fault,
            driver: driver
        )
    }

    @Test("The search finds each broken rule of the barrier", arguments: BarrierUnderTest.Fault.allCases)
    func brokenBarrier(fault: BarrierUnderTest.Fault) throws {
        var search = ModelSearch()
        let found = search.run(
            from: fault.needsACall
                ? Self.call(barrier: fault)
                : fault.needsTwoSlots ? Self.twoSlots(barrier: fault) : ModelWorld(barrier: fault)
        )
        let finding = try #require(found, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states and \(finding.steps.count) steps: \(finding.violation)")
    }

    @Test("The search finds each step that the driver leaves out", arguments: ModelFault.allCases)
    func brokenDriver(fault: ModelFault) throws {
        var search = ModelSearch()
        let found = search.run(
            from: fault.needsACall
                ? Self.call(driver: fault)
                : fault.needsTwoSlots ? Self.twoSlots(driver: fault) : ModelWorld(driver: fault)
        )
        let finding = try #require(found, "\(fault) was not found in \(search.states) states")
        print("Found \(fault) after \(search.states) states and \(finding.steps.count) steps: \(finding.violation)")
    }
}

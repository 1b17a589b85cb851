@testable import AgentRuntime

/// A barrier and the actors around it: one state of the search.
struct ModelWorld {
    var barrier: BarrierUnderTest
    let fault: ModelFault?
    /// How many tasks open a stream: 1 to 3.
    let openerCount: Int

    var openers = InlineArray<3, ModelActors.Opener>(repeating: .init())
    /// By their number; number 0 is not used.
    var streams = InlineArray<4, ModelActors.Stream>(repeating: .init())
    /// A close from anywhere, a close from within the consumer's loop, an abort.
    var closers = InlineArray<3, ModelActors.Closer>(repeating: .init())
    var clientClosers = InlineArray<2, ModelActors.ClientCloser>(repeating: .init())
    /// The attempt whose end the driver's slot promises, 0 for none.
    var slot = 0
    /// How many attempts were begun.
    var attempts = 0
    var isClientClosed = false
    /// What a step did wrong.
    var violation: String?

    init(openers: Int = 2, barrier fault: BarrierUnderTest.Fault? = nil, driver: ModelFault? = nil) {
        self.openerCount = openers
        self.barrier = BarrierUnderTest(fault: fault)
        self.fault = driver
    }

    static let closerReasons: [ModelReason] = [.closed, .closed, .aborted]

    /// The state without what can't make a difference any more: two states with the same key have the same future.
    ///
    /// What an actor did that is through is left out, and actors that are alike are put in order.
    var key: BitField {
        var key = BitField()
        key.append(self.barrier.fingerprint, bits: 24)
        for index in self.openers.indices { key.append(self.openers[index].key, bits: 7) }
        for index in 1..<self.streams.count { key.append(self.streams[index].key, bits: 17) }
        let (first, second, abort) = (self.closers[0].key, self.closers[1].key, self.closers[2].key)
        key.append(min(first, second), bits: 4)
        key.append(max(first, second), bits: 4)
        key.append(abort, bits: 4)
        let clientClosers = (self.clientClosers[0].key, self.clientClosers[1].key)
        key.append(min(clientClosers.0, clientClosers.1), bits: 5)
        key.append(max(clientClosers.0, clientClosers.1), bits: 5)
        key.append(UInt64(self.slot), bits: 2)
        key.append(self.isClientClosed ? 1 : 0, bits: 1)
        return key
    }
}

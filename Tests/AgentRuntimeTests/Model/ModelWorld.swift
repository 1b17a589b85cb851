@testable import AgentRuntime

/// One state of the search: a barrier and the actors around it.
struct ModelWorld {
    var barrier: BarrierUnderTest
    let fault: ModelFault?
    /// The number of tasks that open a stream, 1 to 3.
    let openerCount: Int
    let slotCount: Int
    let closerCount: Int
    let clientCloserCount: Int
    /// Whether there is a control call.
    let hasCall: Bool
    /// Whether servers close, connections are lost and sends fail by themselves.
    let isTroubled: Bool
    /// Whether the first of the closers closes only the streams.
    let closesStreams: Bool

    var openers = InlineArray<3, ModelActors.Opener>(repeating: .init())
    /// The streams by their number; number 0 is not used.
    var streams = InlineArray<4, ModelActors.Stream>(repeating: .init())
    /// A close from any task, a close from inside the consumer's loop, and an abort.
    var closers = InlineArray<3, ModelActors.Closer>(repeating: .init())
    var clientClosers = InlineArray<2, ModelActors.ClientCloser>(repeating: .init())
    var call = ModelActors.Call()
    /// The dials that a close of all streams has cancelled: one bit each.
    var cancelledDials: UInt64 = 0
    /// The openers that waited when all streams were closed: one bit each.
    var openersToEnd: UInt64 = 0
    /// The attempt in each slot of the driver; 0 for none.
    var slots = InlineArray<2, Int>(repeating: 0)
    /// The number of attempts that were begun.
    var attempts = 0
    var isClientClosed = false
    /// The rule that a step has broken.
    var violation: String?

    init(
        openers: Int = 2,
        slots: Int = 1,
        closers: Int = 3,
        clientClosers: Int = 2,
        isTroubled: Bool = true,
        hasCall: Bool = false,
        closesStreams: Bool = false,
        barrier fault: BarrierUnderTest.Fault? = nil,
        driver: ModelFault? = nil
    ) {
        (self.openerCount, self.slotCount) = (openers, slots)
        (self.closerCount, self.clientCloserCount) = (closers, clientClosers)
        (self.hasCall, self.closesStreams, self.isTroubled) = (hasCall, closesStreams, isTroubled)
        self.clientClosers[0].isForStreams = closesStreams
        for index in self.openers.indices { self.openers[index].slot = index % slots }
        self.barrier = BarrierUnderTest(fault: fault)
        self.fault = driver
    }

    /// The name of an attempt, and of the resulting stream.
    func id(_ stream: Int) -> StreamID {
        StreamID(slot: BarrierUnderTest.slots[self.streams[stream].slot], number: UInt64(stream))
    }

    static let closerReasons: [ModelReason] = [.closed, .closed, .aborted]

    /// The part of the state that can make a difference later; two states with the same key have the same future.
    ///
    /// The history of an actor that has finished is left out, and equal actors are sorted.
    var key: BitField {
        var key = BitField()
        key.append(self.barrier.fingerprints[0], bits: 24)
        key.append(self.barrier.fingerprints[1], bits: 24)
        for index in self.openers.indices { key.append(self.openers[index].key, bits: 7) }
        for index in 1..<self.streams.count { key.append(self.streams[index].key, bits: 17) }
        let (first, second, abort) = (self.closers[0].key, self.closers[1].key, self.closers[2].key)
        key.append(min(first, second), bits: 4)
        key.append(max(first, second), bits: 4)
        key.append(abort, bits: 4)
        let clientClosers = (self.clientClosers[0].key, self.clientClosers[1].key)
        key.append(min(clientClosers.0, clientClosers.1), bits: 19)
        key.append(max(clientClosers.0, clientClosers.1), bits: 19)
        key.append(self.call.key, bits: 3)
        key.append(self.cancelledDials, bits: 4)
        key.append(self.openersToEnd, bits: 3)
        for index in self.slots.indices { key.append(UInt64(self.slots[index]), bits: 2) }
        key.append(self.isClientClosed ? 1 : 0, bits: 1)
        return key
    }
}

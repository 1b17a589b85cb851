import Testing

@testable import MockAgentServer

@Suite("The channels of a stream")
struct ForwardChannelsTests {
    @Test("Each channel takes as many frames as it has slots, and refuses more")
    func bounds() {
        var channels = ForwardChannels(ChannelSlots(tracker: 2, shell: 3))
        let tracker = (0..<4).map { channels.put([UInt8($0)], isShell: false) }
        #expect(tracker == [true, true, false, false])
        let shell = (0..<4).map { channels.put([UInt8($0)], isShell: true) }
        #expect(shell == [true, true, true, false])
        _ = channels.next()
        let again = (0..<2).map { channels.put([UInt8($0)], isShell: false) }
        #expect(again == [true, false])
    }

    @Test("The channels take turns, and each keeps its order")
    func turns() {
        var channels = ForwardChannels(ChannelSlots())
        for number in 1...3 { _ = channels.put([UInt8(number)], isShell: false) }
        for number in 11...12 { _ = channels.put([UInt8(number)], isShell: true) }
        var taken: [UInt8] = []
        while let frame = channels.next() { taken += frame }
        #expect(taken == [1, 11, 2, 12, 3])
        #expect(channels.isEmpty)
    }

    @Test("agentctl's channels have 100 and 256 slots")
    func defaults() {
        #expect((ChannelSlots().tracker, ChannelSlots().shell) == (100, 256))
    }
}

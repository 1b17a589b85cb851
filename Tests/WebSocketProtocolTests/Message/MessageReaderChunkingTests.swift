import TestSupport
import Testing
import WebSocketProtocol

@Suite("Message reader: any cut of the stream")
struct MessageReaderChunkingTests {
    @Test(
        "The messages, control frames and violation are the same for one chunk, single bytes and random chunks",
        arguments: Role.allCases,
        0..<25 as Range<UInt64>
    )
    func isIndependentOfTheCut(sender: Role, block: UInt64) {
        for seed in block * 60..<(block + 1) * 60 {
            let stream = FrameStream(seed: seed, from: sender)
            var random = SplitMix64(seed: seed ^ 0xC0FFEE)
            self.expect(stream, in: [stream.bytes], from: sender, "seed \(seed), one chunk")
            self.expect(stream, in: stream.bytes.chunks(of: 1), from: sender, "seed \(seed), single bytes")
            for _ in 0..<2 {
                let chunks = stream.bytes.randomChunks(using: &random)
                self.expect(stream, in: chunks, from: sender, "seed \(seed), chunks of \(chunks.map(\.count))")
            }
        }
    }

    private func expect(_ stream: FrameStream, in chunks: [[UInt8]], from sender: Role, _ context: String) {
        let events = ReaderEvent.read(chunks, from: sender, limits: FrameStream.limits)
        if events != stream.events { Issue.record("\(context), \(sender): \(events), not \(stream.events)") }
    }

    @Test("Every fault has its code in one chunk, and at every place where the stream can be cut in two")
    func findsEveryFault() {
        for sender in Role.allCases {
            for fault in Fault.allCases {
                let bytes = fault.frames(from: sender).flatMap(\.bytes)
                for cut in bytes.indices {
                    let chunks = [Array(bytes[..<cut]), Array(bytes[cut...])]
                    let events = ReaderEvent.read(chunks, from: sender, limits: FrameStream.limits)
                    if events != [.violation(fault.code)] {
                        Issue.record("\(sender) \(fault) cut at \(cut): \(events)")
                    }
                }
            }
        }
    }

    @Test("The generated streams hold every fault, message and control frame, so the test above means something")
    func coversEverything() {
        let events = (0..<1500 as Range<UInt64>).flatMap { FrameStream(seed: $0, from: .server).events }
        for code in Set(Fault.allCases.map(\.code)) { #expect(events.contains(.violation(code)), "\(code)") }
        #expect(events.contains(.message(.text, [])))
        #expect(events.contains(.control(.close(.empty))))
        #expect(events.count > 6000)
    }
}

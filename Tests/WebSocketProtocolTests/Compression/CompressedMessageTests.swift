import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("permessage-deflate: reading")
struct CompressedMessageTests {
    private static let defaults = NegotiatedDeflate.both(windowBits: 15, contextTakeover: true)

    private static func frame(_ payload: [UInt8], from sender: Role = .server, opcode: Opcode = .text) -> RawFrame {
        RawFrame(opcode, payload, from: sender).with { $0.reservedBits = 0x40 }
    }

    private static func read(
        _ bytes: [UInt8],
        from sender: Role = .server,
        limits: MessageLimits = MessageLimits(),
        deflate: NegotiatedDeflate = defaults,
        chunk: Int = .max
    ) -> [ReaderEvent] {
        ReaderEvent.read(
            bytes.chunks(of: min(chunk, max(bytes.count, 1))),
            from: sender,
            limits: limits,
            deflate: deflate
        )
    }

    @Test(
        "The examples of RFC 7692 §7.2.3 are read, in any cut and of either role",
        arguments: Role.allCases,
        [
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
            // A final block.
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
            // The same from a sender that adds nothing after it.
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
            [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        ] as [[UInt8]]
    )
    func readsTheExamples(sender: Role, payload: [UInt8]) {
        // Twice, and then one that refers to the window: the end of the first must not disturb the others.
        let frames = [payload, payload, [0xF2, 0x00, 0x11, 0x00, 0x00]].map { Self.frame($0, from: sender) }
        let bytes = frames.flatMap(\.bytes)
        for chunk in [1, 2, 3, 5, 8, .max] {
            let events = Self.read(bytes, from: sender, chunk: chunk)
            #expect(events == [.text("Hello"), .text("Hello"), .text("Hello")], "in chunks of \(chunk)")
        }
    }

    @Test("An empty message is a block without content, or nothing at all", arguments: [[0x00], []] as [[UInt8]])
    func readsEmptyMessages(payload: [UInt8]) {
        let bytes = Self.frame(payload).bytes + Self.frame([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]).bytes
        for chunk in [1, .max] { #expect(Self.read(bytes, chunk: chunk) == [.text(""), .text("Hello")]) }
    }

    @Test(
        "Only the first frame is marked; control frames and messages as they are go between",
        arguments: Role.allCases
    )
    func readsFragments(sender: Role) {
        let payload: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        var frames: [RawFrame] = []
        for (index, byte) in payload.enumerated() {
            let opcode: Opcode = index == 0 ? .text : .continuation
            frames.append(
                RawFrame(opcode, [byte], from: sender).with { frame in
                    frame.isFinal = index == payload.count - 1
                    frame.reservedBits = index == 0 ? 0x40 : 0
                }
            )
            frames.append(RawFrame(.ping, [UInt8(index)], from: sender))
        }
        frames.append(RawFrame(.text, Array("as it is".utf8), from: sender))
        let events = Self.read(frames.flatMap(\.bytes), from: sender)
        let pings = (0..<7).map { ReaderEvent.control(.ping([UInt8($0)])) }
        let expected: [ReaderEvent] = Array(pings[..<6]) + [.text("Hello"), pings[6], .text("as it is")]
        #expect(events == expected)
    }

    @Test(
        "A marked continuation or control frame fails the connection",
        arguments: [Opcode.continuation, .ping, .close]
    )
    func refusesMisplacedMarks(opcode: Opcode) {
        let begin = RawFrame(.text, [0x61]).with { $0.isFinal = false }
        #expect(Self.read(begin.bytes + Self.frame([], opcode: opcode).bytes) == [.violation(.reservedBits)])
        #expect(ReaderEvent.read([Self.frame([0x00]).bytes], from: .server) == [.violation(.reservedBits)])
    }

    @Test(
        "What is not DEFLATE data, or does not end where a block does, fails the connection",
        arguments: [
            [0xFF], [0x07, 0x00], [0xF2, 0x48, 0xCD], [0x00, 0x06, 0x00, 0xF9, 0xFF, 0x48],
            // A reference to a position before the beginning.
            [0xF2, 0x00, 0x11, 0x00, 0x00],
        ] as [[UInt8]]
    )
    func refusesGarbage(payload: [UInt8]) {
        for chunk in [1, 3, .max] {
            let frame = Self.frame(payload, opcode: .binary)
            #expect(Self.read(frame.bytes, chunk: chunk) == [.violation(.invalidCompression)])
        }
    }

    @Test("Without context takeover each message stands alone")
    func standsAlone() {
        let deflate = NegotiatedDeflate.both(windowBits: 15, contextTakeover: false)
        let hello = Self.frame([0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]).bytes
        let reference = Self.frame([0xF2, 0x00, 0x11, 0x00, 0x00]).bytes
        #expect(Self.read(hello + reference, deflate: deflate) == [.text("Hello"), .violation(.invalidCompression)])
    }

    @Test(
        "The limit is enforced while decompressing, to the byte, in one frame and in many",
        arguments: [1, 1000, Int.max]
    )
    func limitsWhatComesOut(chunk: Int) throws {
        var limits = MessageLimits()
        limits.maximumMessageBytes = 100_000
        for (count, expected) in [(100_000, true), (100_001, false), (50_000_000, false)] {
            let message = [UInt8](repeating: 0x61, count: count)
            let payload = try RawDeflate(windowBits: 15, keepsContext: true).deflate(message)
            var reader = MessageReader(role: .client, limits: limits, deflate: Self.defaults)
            var events: [ReaderEvent] = []
            for part in Self.frame(payload).bytes.chunks(of: min(chunk, payload.count)) {
                events += reader.events(part)
                #expect(reader.reservedBytes <= 200_002)
            }
            #expect(events == (expected ? [.message(.text, message)] : [.violation(.messageTooBig)]))
        }
    }

    @Test(
        "A message that exactly fills the memory at hand ends as any other",
        arguments: [510...514, 1022...1026, 4094...4098, 65_534...65_538, 131_070...131_074]
    )
    func fillsTheRoom(counts: ClosedRange<Int>) throws {
        for count in counts {
            let message = [UInt8](repeating: 0, count: count)
            let payload = try RawDeflate(windowBits: 15, keepsContext: true).deflate(message)
            for sender in Role.allCases {
                let bytes = Self.frame(payload, from: sender, opcode: .binary).bytes
                for size in [1, 7, bytes.count - 1, bytes.count] {
                    let events = ReaderEvent.read(bytes.chunks(of: size), from: sender, deflate: Self.defaults)
                    let isWhole = events == [.message(.binary, message)]
                    #expect(isWhole, "\(count) bytes in pieces of \(size)")
                }
            }
        }
    }

    @Test("Text is checked while it is decompressed, before its message has ended")
    func failsFast() throws {
        let payload = try RawDeflate(windowBits: 15, keepsContext: true).deflate(Array("ok".utf8) + [0xFF] + [0x61])
        let frame = Self.frame(payload + [0x00]).with { $0.isFinal = false }
        #expect(Self.read(frame.bytes) == [.violation(.invalidUTF8)])
        let cut = try RawDeflate(windowBits: 15, keepsContext: true).deflate([0xC3])
        #expect(Self.read(Self.frame(cut).bytes) == [.violation(.invalidUTF8)])
    }

    @Test(
        "Messages of all kinds survive, whatever the window, the context, the role and the cut",
        arguments: [9, 12, 15],
        [true, false]
    )
    func survives(windowBits: Int, contextTakeover: Bool) throws {
        let deflate = NegotiatedDeflate.both(windowBits: windowBits, contextTakeover: contextTakeover)
        var random = SplitMix64(seed: UInt64(windowBits))
        for sender in Role.allCases {
            let compressor = try RawDeflate(windowBits: windowBits, keepsContext: contextTakeover)
            let messages = CompressibleMessages.make(using: &random)
            let bytes = messages.flatMap { message in
                Self.frame(compressor.deflate(message), from: sender, opcode: .binary).bytes
            }
            let expected = messages.map { ReaderEvent.message(.binary, $0) }
            #expect(Self.read(bytes, from: sender, deflate: deflate) == expected)
            let chunks = bytes.randomChunks(using: &random)
            #expect(ReaderEvent.read(chunks, from: sender, deflate: deflate) == expected)
        }
    }
}

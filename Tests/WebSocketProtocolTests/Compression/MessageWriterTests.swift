import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("permessage-deflate: writing")
struct MessageWriterTests {
    /// One written frame.
    private struct Written {
        var header: FrameHeader
        var payload: [UInt8]

        var isCompressed: Bool { self.header.reservedBits == 0x40 }
    }

    /// A writer of unmasked frames.
    private struct Writer {
        var writer: MessageWriter

        init(_ configuration: PermessageDeflate = PermessageDeflate(), _ deflate: NegotiatedDeflate?) {
            self.writer = MessageWriter(role: .server, configuration: configuration, deflate: deflate)
        }

        mutating func write(_ frame: MessageWriter.Frame) throws -> Written {
            let bytes = [UInt8](unsafeUninitializedCapacity: frame.sizeBound) { target, count in
                count = self.writer.write(frame, into: UnsafeMutableRawBufferPointer(target))
            }
            let parsed = try #require(try parseHeader(bytes, from: .server, allowedReservedBits: 0x40).get())
            return Written(header: parsed.header, payload: Array(bytes[parsed.size...]))
        }

        mutating func message(_ bytes: [UInt8], _ choice: MessageCompression = .automatic) throws -> Written {
            try bytes.withUnsafeBytes { try self.write(self.writer.message(.binary, $0, compression: choice)) }
        }

        mutating func part(_ bytes: [UInt8], isFirst: Bool = false, isLast: Bool = false) throws -> Written {
            try bytes.withUnsafeBytes { bytes in
                let place = MessageWriter.Place(isFirst: isFirst, isLast: isLast)
                return try self.write(self.writer.part(.binary, bytes, place: place, compression: .automatic))
            }
        }
    }

    private static func always(_ change: (inout PermessageDeflate) -> Void = { _ in }) -> PermessageDeflate {
        var deflate = PermessageDeflate()
        deflate.threshold = 0
        change(&deflate)
        return deflate
    }

    @Test(
        "What is written, a peer with exactly the agreed window reads",
        arguments: [9, 10, 12, 15],
        [true, false]
    )
    func keepsToTheWindow(windowBits: Int, contextTakeover: Bool) throws {
        var random = SplitMix64(seed: 7)
        for level in [1, 6, 9] {
            let deflate = NegotiatedDeflate.both(windowBits: windowBits, contextTakeover: contextTakeover)
            var writer = Writer(Self.always { $0.level = level }, deflate)
            let peer = try RawInflate(windowBits: windowBits, keepsContext: contextTakeover)
            for message in CompressibleMessages.make(using: &random) {
                let written = try writer.message(message)
                #expect(written.isCompressed || !contextTakeover)
                let read = written.isCompressed ? try peer.inflate(written.payload, step: 64) : written.payload
                #expect(read == message)
            }
        }
    }

    @Test("A context makes the second of two alike messages small; without it, both are as large")
    func usesTheContext() throws {
        let message = Array(#"{"type":"connected","workspace":"0123456789"}"#.utf8)
        var writer = Writer(Self.always(), .both(windowBits: 15, contextTakeover: true))
        let (first, second) = (try writer.message(message).payload.count, try writer.message(message).payload.count)
        #expect(second < first / 3)
        var alone = Writer(Self.always(), .both(windowBits: 15, contextTakeover: false))
        #expect(try alone.message(message, .always).payload.count == alone.message(message, .always).payload.count)
    }

    @Test("Small messages are sent as they are, unless the send says otherwise")
    func choosesByMessage() throws {
        var writer = Writer(PermessageDeflate(), .both(windowBits: 15, contextTakeover: true))
        let (small, large) = ([UInt8](repeating: 1, count: 255), [UInt8](repeating: 1, count: 256))
        #expect(try !writer.message(small).isCompressed)
        #expect(try writer.message(large).isCompressed)
        #expect(try writer.message(small, .always).isCompressed)
        #expect(try !writer.message(large, .never).isCompressed)
    }

    @Test("The memory that a large message took is not kept, that of small ones is")
    func releasesItsOutput() throws {
        var random = SplitMix64(seed: 4)
        var writer = Writer(Self.always(), .both(windowBits: 15, contextTakeover: true))
        for count in [1_000_000, 1_000, 200_000] {
            _ = try writer.message(.random(count: count, using: &random))
            _ = try writer.part(.random(count: count, using: &random), isFirst: true, isLast: true)
            #expect(writer.writer.reservedBytes <= 64 * 1024)
            #expect((writer.writer.reservedBytes >= 1_000) == (count == 1_000))
        }
    }

    @Test("Without a context, what would grow is sent as it is")
    func neverGrowsNeedlessly() throws {
        var random = SplitMix64(seed: 3)
        let noise = [UInt8].random(count: 1000, using: &random)
        var writer = Writer(Self.always(), .both(windowBits: 15, contextTakeover: false))
        #expect(try !writer.message(noise).isCompressed)
    }

    @Test("For a window of 8 bits, which zlib can't keep to, nothing is compressed")
    func refusesTheSmallestWindow() throws {
        var writer = Writer(Self.always(), .both(windowBits: 8, contextTakeover: true))
        #expect(try !writer.message([UInt8](repeating: 1, count: 5000), .always).isCompressed)
    }

    @Test("Parts are marked once, each can be read when it comes, and the last may be empty")
    func writesParts() throws {
        var writer = Writer(Self.always(), .both(windowBits: 15, contextTakeover: true))
        let peer = try RawInflate(windowBits: 15, keepsContext: true)
        for count in [0, 1, 5] {
            let parts = (0..<count).map { [UInt8](repeating: UInt8($0), count: 1000) }
            var frames: [Written] = []
            for (index, part) in parts.enumerated() { frames.append(try writer.part(part, isFirst: index == 0)) }
            frames.append(try writer.part([], isFirst: parts.isEmpty, isLast: true))
            #expect(frames.map(\.isCompressed) == [true] + [Bool](repeating: false, count: count))
            #expect(frames.map(\.header.isFinal) == [Bool](repeating: false, count: count) + [true])
            #expect(try peer.inflate(frames.flatMap(\.payload)) == parts.flatMap { $0 })
        }
    }

    @Test("A message that another compressor made is taken into the context", arguments: [9, 15])
    func remembersPreparedMessages(windowBits: Int) throws {
        let text = Array(#"{"type":"git_status","branch":"main","files":{}}"#.utf8)
        let large = text + [UInt8](repeating: 9, count: 70_000) + text
        var writer = Writer(Self.always(), .both(windowBits: windowBits, contextTakeover: true))
        let peer = try RawInflate(windowBits: windowBits, keepsContext: true)
        let other = Deflater(Self.always(), .init(windowBits: windowBits, contextTakeover: false))
        for message in [text, large, text, large] {
            let own = try writer.message(text, .always)
            #expect(try peer.inflate(own.payload, step: 64) == text)
            let deflated = message.withUnsafeBytes { other.deflate($0, endsMessage: true).map { Array($0) } ?? [] }
            let prepared = try message.withUnsafeBytes { bytes in
                try deflated.withUnsafeBytes { try writer.write(writer.writer.message(.text, bytes, deflated: $0)) }
            }
            #expect(try !prepared.isCompressed || peer.inflate(prepared.payload, step: 64) == message)
        }
        #expect(try peer.inflate(writer.message(large, .always).payload, step: 64) == large)
    }
}

import TestSupport
import Testing
import WebSocketProtocol

@Suite("Message reader: limits")
struct MessageReaderLimitsTests {
    private static func limits(bytes: Int = 1000, fragments: Int = 10) -> MessageLimits {
        var limits = MessageLimits()
        limits.maximumMessageBytes = bytes
        limits.maximumFragments = fragments
        return limits
    }

    private static func fragments(_ payloads: [[UInt8]], isFinal: Bool, from sender: Role = .server) -> [UInt8] {
        payloads.indices.flatMap { index in
            RawFrame(index == 0 ? .binary : .continuation, payloads[index], from: sender)
                .with { $0.isFinal = isFinal && index == payloads.count - 1 }.bytes
        }
    }

    @Test(
        "A message of exactly the limit is read, one byte more fails with 1009",
        arguments: Role.allCases,
        [0, 1, 125, 1000]
    )
    func limitsTheMessage(sender: Role, limit: Int) {
        for excess in [0, 1] {
            let payload = [UInt8](repeating: 7, count: limit + excess)
            let bytes = RawFrame(.binary, payload, from: sender).bytes
            let expected: [ReaderEvent] = excess == 0 ? [.message(.binary, payload)] : [.violation(.messageTooBig)]
            for size in [1, 100, bytes.count] {
                let events = ReaderEvent.read(bytes.chunks(of: size), from: sender, limits: Self.limits(bytes: limit))
                #expect(events == expected)
            }
        }
    }

    @Test("Fragments together may reach the limit and not pass it")
    func limitsTheSumOfFragments() {
        let limits = Self.limits(bytes: 100)
        let parts = [[UInt8](repeating: 1, count: 60), [UInt8](repeating: 2, count: 40)]
        let exact = Self.fragments(parts, isFinal: true)
        #expect(ReaderEvent.read([exact], from: .server, limits: limits) == [.message(.binary, parts[0] + parts[1])])
        let over = Self.fragments([parts[0], parts[1] + [3]], isFinal: true)
        #expect(ReaderEvent.read([over], from: .server, limits: limits) == [.violation(.messageTooBig)])
    }

    @Test("The limit is checked on the header, before any payload", arguments: [1001, 65536, UInt64(Int.max)])
    func checksTheHeader(announced: UInt64) {
        let header = RawFrame(.binary).with { $0.announcedLength = announced }.header
        #expect(ReaderEvent.read([header], from: .server, limits: Self.limits()) == [.violation(.messageTooBig)])
    }

    @Test("Who is over the limit is told its value, and where it is set; so for what decompresses to more")
    func namesTheLimit() throws {
        let limits = Self.limits()
        let deflate = NegotiatedDeflate.both(windowBits: 15, contextTakeover: true)
        let payload = try RawDeflate(windowBits: 15, keepsContext: true).deflate([UInt8](repeating: 0x61, count: 1001))
        for bytes in [
            RawFrame(.text, [UInt8](repeating: 0x61, count: 1001), from: .server).bytes,
            RawFrame(.text, payload, from: .server).with { $0.reservedBits = 0x40 }.bytes,
        ] {
            for size in [bytes.count, 7] {
                var reader = MessageReader(role: .client, limits: limits, deflate: deflate)
                var batch = InboundBatch()
                for part in bytes.chunks(of: size) {
                    part.withUnsafeBytes { reader.receive($0, into: &batch) }
                    if batch.violation != nil { break }
                }
                let message = batch.violation?.message ?? ""
                #expect(message.contains("1000 bytes") && message.contains("MessageLimits.maximumMessageBytes"))
            }
        }
    }

    @Test("Lengths whose sum overflows fail with 1009 even without a limit")
    func survivesOverflow() {
        let limits = Self.limits(bytes: .max)
        let first = RawFrame(.binary, [1, 2]).with { $0.isFinal = false }.bytes
        let second = RawFrame(.continuation).with { $0.announcedLength = UInt64(Int.max) }.header
        #expect(ReaderEvent.read([first + second], from: .server, limits: limits) == [.violation(.messageTooBig)])
        let largest = RawFrame(.binary, [1, 2]).with { $0.announcedLength = UInt64(Int.max) }.bytes
        #expect(ReaderEvent.read([largest], from: .server, limits: limits).isEmpty)
    }

    @Test("A message of exactly the limit of fragments is read, one more fails with 1008", arguments: [1, 2, 10])
    func limitsFragments(limit: Int) {
        for excess in [0, 1] {
            let bytes = Self.fragments(Array(repeating: [1], count: limit + excess), isFinal: true)
            let expected: [ReaderEvent] =
                excess == 0 ? [.message(.binary, Array(repeating: 1, count: limit))] : [.violation(.tooManyFragments)]
            for size in [1, bytes.count] {
                let limits = Self.limits(fragments: limit)
                #expect(ReaderEvent.read(bytes.chunks(of: size), from: .server, limits: limits) == expected)
            }
        }
    }

    @Test("The count of fragments begins anew with each message")
    func countsPerMessage() {
        let message = Self.fragments([[1], [2], [3]], isFinal: true)
        let events = ReaderEvent.read([message + message + message], from: .server, limits: Self.limits(fragments: 3))
        #expect(events == Array(repeating: .message(.binary, [1, 2, 3]), count: 3))
    }

    @Test("Endless empty continuations end with 1008 and hold no memory", arguments: Role.allCases)
    func boundsEmptyContinuations(sender: Role) {
        var reader = MessageReader(role: sender.peer)
        _ = reader.batch(RawFrame(.binary, from: sender).with { $0.isFinal = false }.bytes)
        let empty = RawFrame(.continuation, from: sender).with { $0.isFinal = false }.bytes
        let read = Array(repeating: empty, count: 1024).flatMap(\.self)
        for _ in 0..<127 { #expect(reader.batch(read).isEmpty) }
        #expect(reader.reservedBytes <= 64)
        #expect(reader.events(read) == [.violation(.tooManyFragments)])
        #expect(reader.reservedBytes == 0)
    }

    @Test("A header takes no memory for the bytes it announces", arguments: Role.allCases)
    func reservesOnlyWhatCame(sender: Role) {
        let limits = MessageLimits()
        let frame = RawFrame(.binary, [1, 2, 3], from: sender).with {
            $0.announcedLength = UInt64(limits.maximumMessageBytes)
        }
        for _ in 0..<1000 {
            var reader = MessageReader(role: sender.peer, limits: limits)
            #expect(reader.batch(frame.header).isEmpty)
            #expect(reader.reservedBytes <= 64)
            #expect(reader.batch(Array(frame.bytes.suffix(3))).isEmpty)
            #expect(reader.reservedBytes <= 64)
        }
    }

    @Test("A message in progress holds at most about twice what came of it", arguments: [1, 10, 1000, 5000])
    func growsWithWhatCame(chunk: Int) {
        var reader = MessageReader(role: .client)
        _ = reader.batch(RawFrame(.binary).with { $0.announcedLength = 1 << 20 }.header)
        for received in stride(from: chunk, through: 50_000, by: chunk) {
            _ = reader.batch([UInt8](repeating: 1, count: chunk))
            #expect(reader.reservedBytes <= max(64, 2 * received))
        }
    }

    @Test("A large message in one frame ends in memory of less than twice its size", arguments: [70_000, 1 << 20])
    func endsAtItsOwnSize(length: Int) {
        var reader = MessageReader(role: .client)
        let frame = RawFrame(.binary, [UInt8](repeating: 1, count: length))
        let chunks = frame.bytes.chunks(of: 60_001)
        for chunk in chunks.dropLast() { #expect(reader.batch(chunk).isEmpty) }
        let batch = reader.batch(chunks[chunks.count - 1])
        #expect(batch[0].bytes.storage.capacity < 2 * length)
    }

    @Test("A limit of no fragments at all still lets whole messages pass, in any cut", arguments: [0, -1, 1])
    func allowsWholeMessages(limit: Int) {
        let bytes = RawFrame(.binary, [1, 2]).bytes
        for size in 1...bytes.count {
            let events = ReaderEvent.read(bytes.chunks(of: size), from: .server, limits: Self.limits(fragments: limit))
            #expect(events == [.message(.binary, [1, 2])])
        }
    }
}

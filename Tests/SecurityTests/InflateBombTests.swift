import ConcurrencyPrimitives
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: inflate bombs", .serialized)
struct InflateBombTests {
    private static let both = NegotiatedDeflate(
        own: .init(windowBits: 15, contextTakeover: true),
        peer: .init(windowBits: 15, contextTakeover: true)
    )

    private static func reader(_ role: Role, limit: Int) -> MessageReader {
        var limits = MessageLimits()
        limits.maximumMessageBytes = limit
        return MessageReader(role: role, limits: limits, deflate: Self.both)
    }

    private static func frame(_ payload: [UInt8], to role: Role = .client) -> RawFrame {
        RawFrame(.binary, payload, from: role.peer).with { $0.reservedBits = FrameHeader.compressionBit }
    }

    @Test("1 GiB of zeros in one frame of 1 MiB is decompressed up to the limit only", arguments: [1 << 20, 64 << 20])
    func oneFrame(limit: Int) throws {
        let payload = try InflateBomb.payload(blocks: 1024)
        #expect(payload.count < 2 << 20)
        let before = ProcessResources.residentBytes
        var reader = Self.reader(.client, limit: limit)
        let batch = reader.batch(Self.frame(payload).bytes)
        #expect(batch.violation?.code == .messageTooBig)
        #expect(batch.violation?.closeCode == .messageTooBig)
        #expect(batch.byteCount == 0)
        #expect(ProcessResources.growth(since: before) < 3 * limit + (16 << 20))
    }

    @Test("Spread over fragments and reads, it gets no further", arguments: Role.allCases)
    func fragments(role: Role) throws {
        let limit = 4 << 20
        var reader = Self.reader(role, limit: limit)
        var violation: ProtocolViolation?
        let payload = try InflateBomb.payload(blocks: 1024)
        for (index, part) in payload.chunks(of: 700).enumerated() where violation == nil {
            let frame = RawFrame(index == 0 ? .binary : .continuation, part, from: role.peer).with {
                $0.isFinal = false
                $0.reservedBits = index == 0 ? FrameHeader.compressionBit : 0
            }
            violation = reader.batch(frame.bytes).violation
            #expect(reader.reservedBytes <= 2 * limit + 64 * 1024)
        }
        #expect(violation?.closeCode == .messageTooBig)
        #expect(reader.reservedBytes == 0)
    }

    @Test(
        "What zlib holds back when the room is full counts: the limit holds to the byte at every edge of it",
        arguments: [257, 258, 512, 65_535, 65_536, 65_537, 131_072],
        [0, 1, 2, 257, 258, 259, 4096]
    )
    func heldBackOutput(limit: Int, excess: Int) throws {
        let message = [UInt8](repeating: 0, count: limit + excess)
        let payload = try RawDeflate(windowBits: 15, keepsContext: true).deflate(message)
        for role in Role.allCases {
            for size in [payload.count, 1] {
                var reader = Self.reader(role, limit: limit)
                let bytes = Self.frame(payload, to: role).bytes
                // The header first; then the payload, at once or byte by byte.
                let header = bytes.count - payload.count
                let parts = [Array(bytes[..<header])] + Array(bytes[header...]).chunks(of: size)
                let events = parts.flatMap { reader.events($0) }
                let isRight = events == (excess == 0 ? [.message(.binary, message)] : [.violation(.messageTooBig)])
                #expect(isRight, "in pieces of \(size)")
            }
        }
    }

    @Test("Without a limit, compressed messages are read, and nothing overflows", arguments: Role.allCases)
    func noLimit(role: Role) throws {
        let message = [UInt8](repeating: 7, count: 100_000)
        let bytes = Self.frame(try RawDeflate(windowBits: 15, keepsContext: false).deflate(message), to: role).bytes
        for size in [bytes.count, 2 * bytes.count, 50] {
            var reader = Self.reader(role, limit: .max)
            let events = (bytes + bytes).chunks(of: size).flatMap { reader.events($0) }
            let isRight = events == [.message(.binary, message), .message(.binary, message)]
            #expect(isRight)
        }
    }

    @Test("A small message that refers to the history of the context is held to the limit as any other")
    func insideTheContext() throws {
        let compressor = try RawDeflate(windowBits: 15, keepsContext: true)
        var random = SplitMix64(seed: 1)
        let history = [UInt8].random(count: 32_000, using: &random)
        let first = compressor.deflate(history)
        let second = compressor.deflate(Array(repeatElement(history, count: 32).joined()))
        #expect(second.count < 16_384)
        var reader = Self.reader(.client, limit: 1_000_000)
        #expect(reader.events(Self.frame(first).bytes) == [.message(.binary, history)])
        #expect(reader.events(Self.frame(second).bytes) == [.violation(.messageTooBig)])
    }

    @Test(
        "On the wire, a bomb is answered with 1009 in both roles, and its memory is given back",
        arguments: Role.allCases
    )
    func onTheWire(role: Role) async throws {
        let payload = try InflateBomb.payload(blocks: 128)
        let before = ProcessResources.residentBytes
        try await Attack.open(role, compressed: true) { peer in
            peer.sendLater(Self.frame(payload, to: role).bytes)
            let answer = try await Attack.closeCode(of: role, at: peer)
            #expect(answer == 1009)
        }
        #expect(ProcessResources.growth(since: before) < 160 << 20)
    }

    @Test("Bombs that are left when the peer ends TCP are not all held, though nobody receives")
    func behindTheEnd() async throws {
        let limit = 1 << 20
        let configuration = ConnectionConfiguration.test.with {
            $0.limits.maximumMessageBytes = limit
            $0.receiveQueue.highWaterBytes = limit
        }
        let compressor = try RawDeflate(windowBits: 15, keepsContext: false)
        let bomb = Self.frame(compressor.deflate([UInt8](repeating: 0, count: limit))).bytes
        try await Attack.client(configuration, fields: Attack.deflate) { connection, peer in
            // 60 MiB in 60 KiB: the system can hold this, so the end after it is seen.
            try await peer.send(Array(repeatElement(bomb, count: 60).joined()))
            try await eventually("reading is paused") { connection.inbound.isOverHighMark }
            await peer.close()
            let closure = try await withTimeout("end of the connection") { try await connection.waitUntilClosed() }
            #expect(!closure.isClean)
            #expect(connection.inbound.queued.bytes <= 8 * limit)
        }
    }

    @Test("Many bombs in one read hold about one message of the limit, not one for each bomb")
    func manyInOneRead() async throws {
        let configuration = ConnectionConfiguration.test.with {
            $0.limits.maximumMessageBytes = InflateBomb.blockBytes
            $0.receiveQueue.highWaterBytes = InflateBomb.blockBytes
        }
        let compressor = try RawDeflate(windowBits: 15, keepsContext: false)
        let bomb = Self.frame(compressor.deflate([UInt8](repeating: 0, count: InflateBomb.blockBytes))).bytes
        let read = Array(repeatElement(bomb, count: 1024).joined())
        try await Attack.client(configuration, fields: Attack.deflate) { connection, peer in
            let before = ProcessResources.residentBytes
            peer.sendLater(read)
            try await eventually("the first read") { connection.statistics.bytesReceived > 0 }
            #expect(connection.statistics.bytesReceived <= 16 * InflateBomb.blockBytes)
            #expect(ProcessResources.growth(since: before) < 64 << 20)
        }
    }
}

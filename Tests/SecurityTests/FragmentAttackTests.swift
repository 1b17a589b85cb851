import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: tiny and empty fragments", .serialized)
struct FragmentAttackTests {
    private static let limit = MessageLimits().maximumFragments

    @Test(
        "The most fragments of one byte are one message in little more than its size; one more is 1008",
        arguments: Role.allCases,
        [false, true]
    )
    func oneByteFragments(role: Role, isTooMany: Bool) {
        var reader = MessageReader(role: role)
        _ = reader.batch(Self.fragment(.binary, [7], to: role))
        let read = Self.repeated(Self.fragment(.continuation, [7], to: role), 1024)
        for _ in 0..<Self.limit / 1024 - 1 {
            #expect(reader.batch(read).isEmpty)
            #expect(reader.reservedBytes <= 2 * Self.limit)
        }
        let rest = Self.repeated(Self.fragment(.continuation, [7], to: role), isTooMany ? 1023 : 1022)
        let batch = reader.batch(rest + RawFrame(.continuation, [7], from: role.peer).bytes)
        #expect(batch.violation?.closeCode == (isTooMany ? .policyViolation : nil))
        #expect(batch.byteCount == (isTooMany ? 0 : Self.limit))
    }

    @Test("Endless empty fragments of a compressed message end with 1008, too", arguments: Role.allCases)
    func emptyCompressedFragments(role: Role) {
        let deflate = NegotiatedDeflate(
            own: .init(windowBits: 15, contextTakeover: true),
            peer: .init(windowBits: 15, contextTakeover: true)
        )
        var reader = MessageReader(role: role, deflate: deflate)
        let start = RawFrame(.binary, from: role.peer).with {
            $0.isFinal = false
            $0.reservedBits = FrameHeader.compressionBit
        }
        _ = reader.batch(start.bytes)
        let read = Self.repeated(Self.fragment(.continuation, [], to: role), 1024)
        for _ in 0..<Self.limit / 1024 - 1 { #expect(reader.batch(read).isEmpty) }
        #expect(reader.reservedBytes <= 1024)
        #expect(reader.batch(read).violation?.code == .tooManyFragments)
        #expect(reader.reservedBytes == 0)
    }

    @Test(
        "On the wire, empty fragments without end are answered with 1008 and the connection ends",
        arguments: Role.allCases
    )
    func onTheWire(role: Role) async throws {
        try await Attack.open(role) { peer in
            peer.sendLater(Self.fragment(.binary, [], to: role))
            peer.sendLater(Self.repeated(Self.fragment(.continuation, [], to: role), Self.limit))
            let answer = try await Attack.closeCode(of: role, at: peer)
            #expect(answer == 1008)
        }
    }

    @Test("A message that comes in TCP writes of one byte is held once, and delivered", arguments: Role.allCases)
    func oneByteWrites(role: Role) async throws {
        let payload = [UInt8](repeating: 0x61, count: 2000)
        let before = ProcessResources.residentBytes
        try await Attack.open(role) { peer in
            for byte in RawFrame(.text, payload, from: role.peer).bytes { try await peer.send([byte]) }
            guard role == .server else { return try await peer.send(RawFrame(.close, [0x03, 0xE8]).bytes) }
            let echo = try #require(try await peer.receiveFrames(1, masked: false).first)
            #expect(echo.payload == payload)
        }
        // One read buffer for each byte would take 500 MiB.
        #expect(ProcessResources.growth(since: before) < 64 << 20)
    }

    @Test("Pings between the messages are not kept with them while nobody takes the messages")
    func pingsWithMessages() async throws {
        let rounds = 25
        // Every read has one message of one byte and 40,000 Pings.
        let pings = Self.repeated(RawFrame(.ping).bytes, 40_000)
        let round = RawFrame(.binary, [1]).bytes + pings
        try await Attack.client { connection, peer in
            let before = ProcessResources.residentBytes
            for index in 1...rounds {
                try await peer.send(round)
                try await eventually("round \(index)") { connection.statistics.pingsReceived == index * 40_000 }
            }
            #expect(connection.statistics.messagesReceived == rounds)
            // If they were kept, they would take 32 MB.
            #expect(ProcessResources.growth(since: before) < 16 << 20)
        }
    }

    private static func fragment(_ opcode: Opcode, _ payload: [UInt8], to role: Role) -> [UInt8] {
        RawFrame(opcode, payload, from: role.peer).with { $0.isFinal = false }.bytes
    }

    private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array(repeatElement(bytes, count: count).joined())
    }
}

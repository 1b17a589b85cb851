import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: lengths", .serialized)
struct LengthAttackTests {
    /// Announced lengths, and the close code for each.
    private static let lengths: [(length: UInt64, code: Int)] = [
        (UInt64(Int.max), 1009), (1 << 62, 1009), (1 << 63, 1002), (.max, 1002),
    ]
    private static let both = NegotiatedDeflate(
        own: .init(windowBits: 15, contextTakeover: true),
        peer: .init(windowBits: 15, contextTakeover: true)
    )

    @Test(
        "An impossible length fails the connection on its header alone, marked as compressed or not",
        arguments: Role.allCases,
        [Opcode.text, .binary, .continuation]
    )
    func impossible(role: Role, opcode: Opcode) {
        for (length, code) in Self.lengths {
            for isMarked in [false, true] where !isMarked || opcode != .continuation {
                var reader = MessageReader(role: role, deflate: Self.both)
                if opcode == .continuation { _ = reader.batch(Self.start(to: role)) }
                let header = RawFrame(opcode, from: role.peer).with {
                    $0.announcedLength = length
                    $0.reservedBits = isMarked ? FrameHeader.compressionBit : 0
                }.header
                let batch = reader.batch(header)
                #expect(batch.violation.map { Int($0.closeCode.rawValue) } == code)
                #expect(batch.count == 0 && reader.reservedBytes == 0)
            }
        }
    }

    @Test("Fragments whose lengths overflow when added do not trap, even without a limit", arguments: Role.allCases)
    func overflowingSums(role: Role) {
        var limits = MessageLimits()
        limits.maximumMessageBytes = .max
        let continuation = RawFrame(.continuation, from: role.peer).with { $0.announcedLength = UInt64(Int.max) }.header
        for isMarked in [false, true] {
            var reader = MessageReader(role: role, limits: limits, deflate: Self.both)
            let start = RawFrame(.binary, [0, 0], from: role.peer).with {
                $0.isFinal = false
                $0.reservedBits = isMarked ? FrameHeader.compressionBit : 0
            }.bytes
            let batch = reader.batch(start + continuation)
            // The frames of a compressed message are not added up: the limit is for the decompressed bytes.
            #expect(batch.violation?.code == (isMarked ? nil : .messageTooBig))
            #expect(reader.reservedBytes <= 64 * 1024)
        }
    }

    @Test(
        "The first bytes on an open connection are such a header: a Close frame, and we live on",
        arguments: Role.allCases
    )
    func onTheWire(role: Role) async throws {
        for (length, code) in Self.lengths {
            try await Attack.open(role, compressed: true) { peer in
                try await peer.send(RawFrame(.binary, from: role.peer).with { $0.announcedLength = length }.header)
                let answer = try await Attack.closeCode(of: role, at: peer)
                #expect(answer == code)
            }
        }
    }

    @Test("1,000 connections that each announce a message of the limit and stall take no memory for it")
    func stalledAnnouncements() async throws {
        let count = 1000
        try await Attack.server { port in
            let before = ProcessResources.residentBytes
            var peers: [RawPeer] = []
            for _ in 0..<count { peers.append(try await RawPeer.connect(to: port)) }
            for peer in peers { try await peer.send(Attack.request()) }
            for peer in peers { _ = try await peer.receiveHead() }
            let heads = peers.map(\.receivedCount)
            let opened = ProcessResources.residentBytes
            let message = RawFrame(.binary, [1], from: .client).with {
                $0.announcedLength = UInt64(MessageLimits().maximumMessageBytes - 1)
            }.bytes
            // In one write with a Ping: the Pong shows that the header after it was read too.
            let attack = RawFrame(.ping, from: .client).bytes + message
            for peer in peers { try await peer.send(attack) }
            try await eventually("all headers to be read") {
                zip(peers, heads).allSatisfy { $0.receivedCount > $1 }
            }
            // 64 GiB were announced. Both ends are in this process: 50 KB for each pair with its read buffers.
            let growth = ProcessResources.growth(since: opened) / count
            #expect(growth < 32 * 1024, "\(growth) bytes for each announcement")
            let total = ProcessResources.growth(since: before) / count
            #expect(total < 128 * 1024, "\(total) bytes for each connection")
            for peer in peers { await peer.close() }
        }
    }

    private static func start(to role: Role) -> [UInt8] {
        RawFrame(.binary, [1, 2], from: role.peer).with { $0.isFinal = false }.bytes
    }
}

import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: predictable masks", .serialized)
struct MaskTests {
    /// The keys of 10,000 frames of one client; every third frame is a control frame.
    private static let keys: [[UInt8]] = {
        var writer = FrameWriter(role: .client)
        return (0..<10_000).map { index in
            let opcode = [Opcode.binary, .text, [.ping, .pong, .close][index % 3]][index % 3]
            let frame = writer.frame(opcode, payload: [0, 0])
            precondition(frame[1] & 0x80 != 0 && frame.count == 8)
            return Array(frame[2..<6])
        }
    }()

    @Test("The keys of 10,000 frames, control frames among them, are distinct but for chance")
    func distinct() {
        // 10^8 / 2 pairs among 2^32 keys: one equal pair is expected once in 86 runs, four never.
        #expect(Set(Self.keys).count >= 9_997)
    }

    @Test("Keys, and what changes from one to the next, have the bytes of chance by the chi-square test")
    func chiSquare() {
        let changes = zip(Self.keys, Self.keys.dropFirst()).map { zip($0, $1).map { $0 ^ $1 } }
        let differences = zip(Self.keys, Self.keys.dropFirst()).map { zip($0, $1).map { $1 &- $0 } }
        for sample in [Self.keys, changes, differences] {
            let bytes = sample.flatMap(\.self)
            var counts = [Double](repeating: 0, count: 256)
            for byte in bytes { counts[Int(byte)] += 1 }
            let expected = Double(bytes.count) / 256
            let chiSquare = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
            // 255 degrees of freedom: 255 ± 23; eight deviations in both directions.
            #expect((75...440).contains(chiSquare), "\(chiSquare)")
        }
    }

    @Test(
        "On the wire every frame of a client is masked: messages, Pings, Pongs and the Close frame"
    )
    func everyFrame() async throws {
        try await Attack.client { connection, peer in
            for index in 0..<50 { try await connection.send(text: "message \(index)") }
            async let roundTrip = Result.catching { try await connection.ping() }
            try await peer.send(RawFrame(.ping, [1, 2, 3]).bytes)
            _ = try await peer.receiveFrames(52)
            async let closure = connection.close(reason: "done")
            let frames = try await peer.receiveFrames(53)
            #expect(Set(frames.map(\.opcode)) == [1, 8, 9, 10])
            try await peer.send(RawFrame(.close, [0x03, 0xE8]).bytes)
            _ = try await (closure, roundTrip)
        }
    }

    @Test(
        "What an attacker has a client send never stands on the wire, eight bytes in a row",
        arguments: [8, 126, 70_000]
    )
    func noPlainText(count: Int) async throws {
        let chosen = Array("GET /evil HTTP/1.1\r\nHost: victim\r\n\r\n".utf8)
        let payload = (0..<count).map { chosen[$0 % chosen.count] }
        let runs = Set(payload.indices.dropLast(7).prefix(chosen.count).map { Array(payload[$0..<$0 + 8]) })
        try await Attack.client { connection, peer in
            for _ in 0..<20 { try await connection.send(binary: payload) }
            let size = WireFrame(.binary, payload, isMasked: true).bytes.count
            let head = peer.received.count
            try await eventually("all frames") { peer.receivedCount >= head + 20 * size - head }
            let frames = try await peer.receiveFrames(20)
            #expect(frames.allSatisfy { $0.payload == payload })
            let wire = Array(peer.received.suffix(20 * size))
            for start in wire.indices.dropLast(7) where runs.contains(Array(wire[start..<start + 8])) {
                Issue.record("the payload stands on the wire at \(start)")
                break
            }
        }
    }

    @Test("A masked frame of a server and an unmasked one of a client are answered with 1002", arguments: Role.allCases)
    func wrongMasking(role: Role) async throws {
        for opcode in [Opcode.text, .binary, .ping, .close] {
            try await Attack.open(role) { peer in
                // As the other end of the peer would write it.
                try await peer.send(RawFrame(opcode, from: role).bytes)
                let answer = try await Attack.closeCode(of: role, at: peer)
                #expect(answer == 1002)
            }
        }
    }
}

import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: close payloads", .serialized)
struct ClosePayloadTests {
    private static func payload(_ code: Int, _ reason: [UInt8] = []) -> [UInt8] {
        [UInt8(code >> 8), UInt8(code & 0xFF)] + reason
    }

    /// RFC 6455 §5.5.1, §7.4: payloads that no Close frame may have, and the close code for each.
    private static let table: [(payload: [UInt8], code: Int)] =
        [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map { (Self.payload($0), 1002) } + [
            ([3], 1002), (Self.payload(1000, [0xFF]), 1007), (Self.payload(1000, [0xC0, 0xAF]), 1007),
            (Self.payload(1000, [0xED, 0xA0, 0x80]), 1007), (Self.payload(1000, [0xE2, 0x82]), 1007),
            (Self.payload(1000, [UInt8](repeating: 0x61, count: 124)), 1002),
        ]

    @Test("A Close frame that is wrong gets our code, and none of its bytes back", arguments: Role.allCases)
    func neverEchoed(role: Role) async throws {
        for (payload, code) in Self.table {
            try await Attack.open(role) { peer in
                try await peer.send(RawFrame(.close, payload, from: role.peer).bytes)
                let answer = try await Attack.closePayload(of: role, at: peer)
                #expect(closeCode(answer) == code, "\(payload)")
                #expect(payload.count <= 3 || !answer.starts(with: payload))
            }
        }
    }

    @Test("A reason of the peer is not echoed either: only its code", arguments: Role.allCases)
    func reasonIsNotEchoed(role: Role) async throws {
        try await Attack.open(role) { peer in
            try await peer.send(RawFrame(.close, Self.payload(1000, Array("attacker".utf8)), from: role.peer).bytes)
            #expect(try await Attack.closePayload(of: role, at: peer) == Self.payload(1000))
        }
    }

    @Test(
        "Our reason is cut before the scalar that passes 123 bytes, and the frame ends with it: no other memory leaves",
        arguments: ["", "a", "\u{E9}", "\u{6F22}", "\u{1F600}", "\r\n\0"],
        [0, 1, 2, 3]
    )
    func reasonIsCut(scalar: String, offset: Int) async throws {
        let reason = String(repeating: "x", count: offset) + String(repeating: scalar, count: 200)
        try await Attack.client { connection, peer in
            let head = peer.received.count
            async let closure = connection.close(.goingAway, reason: reason)
            let frames = try await peer.receiveFrames(1)
            let sent = Array(try #require(frames.first).payload.dropFirst(2))
            #expect(closeCode(frames[0].payload) == 1001)
            #expect(reason.utf8.starts(with: sent) && sent.count <= 123)
            #expect(String(validating: sent, as: UTF8.self) != nil)
            #expect(sent.count == reason.utf8.count || sent.count > 123 - 4)
            try await peer.send(RawFrame(.close, [0x03, 0xE9]).bytes)
            _ = await closure
            try await peer.expectClosed()
            // The request was read before. After it, only a header of two bytes, the key and the payload may follow.
            #expect(peer.received.count == head + 6 + 2 + sent.count)
        }
    }
}

import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: sizes that tell secrets", .serialized)
struct SecretsTests {
    private static let secret = Array("token=5f2b7c91d8e34a06b1c7 user=alice@example.com".utf8)

    /// The sizes of a client's frames, and whether each is compressed.
    private static func sizes(
        _ messages: [(payload: [UInt8], compression: MessageCompression)]
    ) async throws -> [(count: Int, isCompressed: Bool)] {
        var sizes: [(count: Int, isCompressed: Bool)] = []
        try await Attack.client(fields: Attack.deflate) { connection, peer in
            let head = peer.received.count
            for (payload, compression) in messages {
                try await connection.send(WebSocketMessage(binary: payload), compression: compression)
            }
            try await eventually("all frames") {
                sizes = try Self.frames(Array(peer.received.dropFirst(head)))
                return sizes.count == messages.count
            }
        }
        return sizes
    }

    private static func frames(_ bytes: [UInt8]) throws -> [(count: Int, isCompressed: Bool)] {
        var frames: [(count: Int, isCompressed: Bool)] = []
        var rest = bytes[...]
        while let parsed = try rest.withUnsafeBytes({
            try FrameHeader.parse($0, from: .client, allowedReservedBits: FrameHeader.compressionBit)
        }), rest.count >= parsed.size + parsed.header.payloadLength {
            frames.append((parsed.header.payloadLength, parsed.header.reservedBits != 0))
            rest = rest.dropFirst(parsed.size + parsed.header.payloadLength)
        }
        return frames
    }

    @Test("In one context a guess that is right is smaller: this is the attack")
    func attack() async throws {
        let wrong = Self.secret.map { $0 ^ 0x15 }
        let sizes = try await Self.sizes([(Self.secret, .always), (wrong, .always), (Self.secret, .always)])
        #expect(sizes[2].count < sizes[1].count / 2)
    }

    @Test("A message sent with .never is not compressed, and no later guess is smaller for it")
    func never() async throws {
        let other = Self.secret.map { $0 ^ 0x15 }
        let behindSecret = try await Self.sizes([(Self.secret, .never), (Self.secret, .always)])
        let behindOther = try await Self.sizes([(other, .never), (Self.secret, .always)])
        #expect(!behindSecret[0].isCompressed && behindSecret[0].count == Self.secret.count)
        #expect(behindSecret[1].isCompressed)
        #expect(behindSecret[1].count == behindOther[1].count)
    }

    @Test("A server does not compress unless it is told to; a client whose compression is off does not offer it")
    func defaults() async throws {
        try await Attack.server { port in
            let peer = try await RawPeer.connect(to: port)
            try await peer.send(Attack.request(Attack.deflate))
            let head = try await peer.receiveHead()
            #expect(!head.contains("Extensions"))
            await peer.close()
        }
        let server = try await RawServer.start()
        async let connecting = connectClient(to: server.port) { $0.compression = nil }
        let peer = try await server.peer()
        let head = try await peer.receiveHead()
        #expect(!head.contains("Extensions"))
        try await peer.send(try await Attack.response(to: peer))
        try await connecting.abort()
        await server.close()
    }
}

import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@Suite("Attacks: floods in the handshake", .serialized)
struct HandshakeFloodTests {
    private static let fields = Array(repeatElement(Array("A: b\r\n".utf8), count: 300_000).joined())

    @Test("300,000 fields are refused with 431 at the limit, and the rest is not kept")
    func manyFields() async throws {
        let before = ProcessResources.residentBytes
        try await Attack.server { port in
            let peer = try await RawPeer.connect(to: port)
            peer.sendLater(Array("GET / HTTP/1.1\r\n".utf8) + Self.fields)
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 431 "))
            try await peer.expectClosed()
            await peer.close()
        }
        #expect(ProcessResources.growth(since: before) < 32 << 20)
    }

    @Test("A client refuses a response of 300,000 fields at the limit")
    func manyFieldsOfAServer() async throws {
        let server = try await RawServer.start(greeting: Array("HTTP/1.1 101 x\r\n".utf8) + Self.fields)
        let error = try await Result.catching { try await connectClient(to: server.port) }.error as? WebSocketError
        #expect((error?.cause as? HandshakeError)?.code == .limitExceeded)
        try await server.peer().expectClosed()
        await server.close()
    }

    @Test("A head of 20 MB is refused early, in writes of one byte and of 4 KiB", arguments: [1, 4096])
    func longHead(write: Int) async throws {
        let before = ProcessResources.residentBytes
        try await Attack.server { port in
            let peer = try await RawPeer.connect(to: port)
            try await peer.send(Array("GET / HTTP/1.1\r\nX: ".utf8))
            let part = [UInt8](repeating: 0x79, count: write)
            var sent = 0
            // The attack ends with the connection, long before 20 MB.
            while sent < 20_000_000, !peer.isInputEnded {
                guard (try? await peer.send(part)) != nil else { break }
                sent += write
                // In single bytes, a line over the limit is enough.
                if write == 1, sent > 16_384 { break }
            }
            #expect(try await peer.receiveHead().hasPrefix("HTTP/1.1 431 "))
            try await peer.expectClosed()
            #expect(write == 1 || sent < 20_000_000)
            await peer.close()
        }
        #expect(ProcessResources.growth(since: before) < 32 << 20)
    }

    @Test(
        "A request that lacks a required field, or has it twice, is refused among 100 others",
        arguments: ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"]
    )
    func missingAndDuplicate(name: String) async throws {
        let head = String(decoding: Attack.request(), as: UTF8.self)
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        let line = try #require(lines.first { $0.hasPrefix("\(name):") })
        let others = (0..<100).map { "X-\($0): y" }
        try await Attack.server { port in
            for copies in [0, 2] {
                // Two of these mean the same as one, because they are lists (RFC 9110 §5.3).
                if copies == 2, name == "Upgrade" || name == "Connection" { continue }
                let fields = lines.dropFirst().prefix { !$0.isEmpty }.filter { $0 != line }
                let all = [lines[0]] + others + fields + Array(repeating: line, count: copies) + ["", ""]
                let peer = try await RawPeer.connect(to: port)
                try await peer.send(Array(all.joined(separator: "\r\n").utf8))
                let status = try await peer.receiveHead().dropFirst(9).prefix(3)
                // Without Upgrade it is a plain request; accept() refuses it.
                #expect(["400", "426"].contains(status), "\(copies) of \(name): \(status)")
                await peer.close()
            }
        }
    }
}

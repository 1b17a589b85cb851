import TestSupport
import Testing

@testable import WebSocketProtocol

/// Random text of pieces that matter to the parsers, so that many inputs are almost valid.
@Suite("Handshake parsers under random input")
struct HandshakeFuzzTests {
    private static func text(of pieces: [String], upTo count: Int, using generator: inout SplitMix64) -> String {
        (0..<Int.random(in: 0...count, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    @Test("A head comes to the same in one chunk and in random chunks", arguments: 0..<40 as Range<UInt64>)
    func heads(block: UInt64) {
        let pieces = [
            "HTTP/1.1 101 x\r\n", "GET / HTTP/1.1\r\n", "A: b\r\n", "\r\n", "\r", "\n", ":", " ", "\0", "x", "\u{E9}",
        ]
        for seed in block * 50..<(block + 1) * 50 {
            var generator = SplitMix64(seed: seed)
            let start = ["HTTP/1.1 101 x\r\n", "GET / HTTP/1.1\r\n", ""].randomElement(using: &generator) ?? ""
            let bytes = Array((start + Self.text(of: pieces, upTo: 8, using: &generator)).utf8)
            let chunks = Chunks.random(upTo: 5, in: bytes.count, using: &generator)
            Self.expectSame(HTTPResponseHead.self, bytes, chunks, seed: seed)
            Self.expectSame(HTTPRequestHead.self, bytes, chunks, seed: seed)
        }
    }

    private static func expectSame<Head: HTTPHead & Equatable>(
        _: Head.Type,
        _ bytes: [UInt8],
        _ chunks: [Range<Int>],
        seed: UInt64
    ) {
        let whole = HeadOutcome<Head>(of: bytes, in: [0..<bytes.count])
        let cut = HeadOutcome<Head>(of: bytes, in: chunks)
        #expect(whole.head == cut.head && whole.error == cut.error, "seed \(seed), chunks \(chunks)")
        #expect(whole.head == nil || whole.consumed == cut.consumed, "seed \(seed), chunks \(chunks)")
    }

    @Test("A head that is read is written as a head that is read as the same", arguments: 0..<20 as Range<UInt64>)
    func roundTrips(block: UInt64) throws {
        let pieces = ["A:", "b-c: ", " d", "\te", "\r\n", "\"", ","]
        for seed in block * 50..<(block + 1) * 50 {
            var generator = SplitMix64(seed: seed)
            let fields = Self.text(of: pieces, upTo: 12, using: &generator)
            guard let head = HeadOutcome<HTTPRequestHead>(of: "GET /a?b HTTP/1.1\r\n\(fields)\r\n\r\n").head else {
                continue
            }
            let bytes = head.serialize()
            #expect(HeadOutcome<HTTPRequestHead>(of: bytes, in: [0..<bytes.count]).head == head, "seed \(seed)")
        }
    }

    @Test("Extensions that are read are written as text that is read as the same", arguments: 0..<40 as Range<UInt64>)
    func extensions(block: UInt64) {
        let pieces = ["a", "bc", ";", ",", "=", "\"", "\\", " ", "\t", "\"d\"", "; e=\"f\"", "\u{E9}"]
        for seed in block * 50..<(block + 1) * 50 {
            var generator = SplitMix64(seed: seed)
            let value = Self.text(of: pieces, upTo: 12, using: &generator)
            guard let header = try? ExtensionHeader(parsing: [value], from: .server) else { continue }
            #expect((try? ExtensionHeader(parsing: [header.value], from: .server)) == header, "seed \(seed), \(value)")
            #expect((try? ExtensionHeader(header.elements)) == header, "seed \(seed), \(value)")
        }
    }

    @Test("A URL that is read is the URL of its parts, and can be put on the wire", arguments: 0..<40 as Range<UInt64>)
    func urls(block: UInt64) throws {
        let pieces = ["a", "B.c", ":", "80", "/", "?", "#", "@", "[::1]", "%41", "%", " ", "\r", "\u{E9}", "[", "]"]
        for seed in block * 50..<(block + 1) * 50 {
            var generator = SplitMix64(seed: seed)
            let text = "ws://" + Self.text(of: pieces, upTo: 8, using: &generator)
            guard let url = try? WebSocketURL(text) else { continue }
            #expect(try WebSocketURL(host: url.host, port: url.port, path: url.target) == url, "seed \(seed), \(text)")
            let handshake = try ClientHandshake(ClientHandshakeRequest(url: url, key: SampleKey.key()))
            let bytes = handshake.request.serialize()
            let head = HeadOutcome<HTTPRequestHead>(of: bytes, in: [0..<bytes.count]).head
            #expect(head == handshake.request, "seed \(seed), \(text)")
        }
    }

    @Test("A chunked body comes to the same in one chunk and in random chunks", arguments: 0..<40 as Range<UInt64>)
    func chunkedBodies(block: UInt64) throws {
        let pieces = [
            "0\r\n", "3\r\n", "3\r\nabc\r\n", "\r\n", "abc", "f;x\r\n", "\r", "\n", "A: b\r\n", "FFFFFFFF", "\0",
        ]
        let head = try HTTPResponseHead(status: 403, fields: ["Transfer-Encoding": "chunked"])
        for seed in block * 50..<(block + 1) * 50 {
            var generator = SplitMix64(seed: seed)
            let bytes = Array(Self.text(of: pieces, upTo: 10, using: &generator).utf8)
            let chunks = Chunks.random(upTo: 5, in: bytes.count, using: &generator)
            let whole = try Self.read(bytes, in: [0..<bytes.count], head: head)
            #expect(try Self.read(bytes, in: chunks, head: head) == whole, "seed \(seed), chunks \(chunks)")
        }
    }

    private static func read(_ bytes: [UInt8], in chunks: [Range<Int>], head: HTTPResponseHead) throws -> [String] {
        var body = try HTTPResponseBody(for: head, limits: HandshakeLimits())
        var consumed = 0
        do throws(HandshakeError) {
            for chunk in chunks { consumed += try body.receive(bytes.span.extracting(chunk)) }
            return ["\(body.bytes)", "\(body.isComplete)", "\(consumed)"]
        } catch {
            return ["\(body.bytes)", error.description]
        }
    }
}

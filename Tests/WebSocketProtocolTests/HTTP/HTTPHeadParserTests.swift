import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("Reading heads from chunks")
struct HTTPHeadParserTests {
    private typealias Request = HeadOutcome<HTTPRequestHead>
    private typealias Response = HeadOutcome<HTTPResponseHead>

    /// A head with two frames after it, and heads that fail at different places.
    private static let inputs = [
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nA: \t b \t\r\nB:c\r\n\r\n\u{81}\u{1}x\r\n\r\n",
        "HTTP/1.0 503 \r\n\r\nbody",
        "HTTP/1.1 101 x\r\nA: b\r\n folded\r\n\r\n",
        "\r\n\nHTTP/1.1\t 101\nA : b \t\n\t \r\n c\n d\r\nB:\n x\n\nrest",
        "HTTP/1.1 101 x\r\n A: b\r\n\r\n",
        "HTTP/1.1 101 x\r\nA: b\r\n c\0\r\n\r\n",
        "HTTP/1.1 101 x\nA: b\r\n\r\n",
        "HTTP/1.1 101 x\r\rA: b\r\n\r\n",
        "HTTP/1.1 101 x\r\nA: b\0\r\n\r\n",
        "HTTP/1.1 101 x\r\nA: b\r\n\n",
        "HTTP/2.0 101 x\r\n\r\n",
        "HTTP/1.1 101 x\r\nA: b",
    ].map { Array($0.utf8) }

    @Test("Every split in two gives what one chunk gives, and leaves the same bytes over", arguments: Self.inputs)
    func splitsInTwo(input: [UInt8]) {
        let whole = Response(of: input, in: [0..<input.count])
        for split in 0...input.count {
            #expect(
                Response(of: input, in: [0..<split, split..<input.count]).sameResult(as: whole),
                "split at \(split)"
            )
        }
    }

    @Test("Single bytes, and empty chunks between them, give what one chunk gives", arguments: Self.inputs)
    func singleBytes(input: [UInt8]) {
        let whole = Response(of: input, in: [0..<input.count])
        let bytes = Chunks.ofSize(1, in: input.count)
        #expect(Response(of: input, in: bytes).sameResult(as: whole))
        #expect(Response(of: input, in: bytes.flatMap { [$0.lowerBound..<$0.lowerBound, $0] }).sameResult(as: whole))
    }

    @Test("Random chunks give what one chunk gives", arguments: 0..<64 as Range<UInt64>)
    func randomChunks(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        for input in Self.inputs {
            let whole = Response(of: input, in: [0..<input.count])
            let chunks = Chunks.random(upTo: 16, in: input.count, using: &generator)
            #expect(Response(of: input, in: chunks).sameResult(as: whole), "seed \(seed), chunks \(chunks)")
        }
    }

    @Test("Bytes after the blank line are left to the caller")
    func leavesRest() {
        let outcome = Response(of: "HTTP/1.1 101 \r\nA: b\r\n\r\n\u{81}rest")
        #expect(outcome.consumed == 23)
        #expect(outcome.head?.fields == ["A": "b"])
    }

    @Test(
        "What RFC 9112 lets a client forgive is forgiven in a response, and refused in a request",
        arguments: [
            ("A: b\n", "b"), ("A: b\r\n c\r\n", "b c"), ("A: b \t\r\n\t  c\r\n", "b c"), ("A:\r\n b\r\n", "b"),
            ("A: b\r\n \r\n", "b"), ("A: b\r\n \r\n c\r\n \td\r\n", "b c d"), ("A: b\n c\n", "b c"),
            ("A : b\r\n", "b"), ("A\t : b\r\n", "b"), ("A\r\n : b\r\n", "b"),
        ]
    )
    func forgivesResponse(lines: String, value: String) {
        let response = Response(of: "HTTP/1.1 200 OK\r\nX: y\r\n\(lines)Z: z\r\n\r\n")
        #expect(response.head?.fields == ["X": "y", "A": value, "Z": "z"], "\(response.error ?? "")")
        #expect(Request(of: "GET / HTTP/1.1\r\nX: y\r\n\(lines)Z: z\r\n\r\n").code == .malformedMessage)
    }

    @Test("A folded last field is whole at the blank line, and is one line to the limits")
    func foldedLastField() {
        #expect(Response(of: "HTTP/1.1 200 OK\nA: b\n c\n\n").head?.fields == ["A": "b c"])
        var limits = HandshakeLimits()
        limits.maximumLineBytes = 32
        let fold = "\r\n \t" + String(repeating: "x", count: 13)
        let head = "HTTP/1.1 200 OK\r\nA: b"
        #expect(Response(of: "\(head)\(fold)\(fold)\r\n\r\n", limits: limits).head != nil)
        #expect(Response(of: "\(head)\(fold)\(fold)x\r\n\r\n", limits: limits).code == .limitExceeded)
        limits.maximumFields = 8
        let folded = String(repeating: "A: b\r\n c\r\n", count: 8)
        #expect(Response(of: "HTTP/1.1 200 OK\r\n\(folded)\r\n", limits: limits).head?.fields.count == 8)
        #expect(Response(of: "HTTP/1.1 200 OK\r\n\(folded)A: b\r\n\r\n", limits: limits).code == .limitExceeded)
    }

    @Test("What would make two heads of one, or hides in a line, is refused in a response, too")
    func refusesResponse() {
        for lines in [
            " A: b\r\n", "\tA: b\r\n", "A: b\rc\r\n", "A: b\r\rc\r\n", "A: \0\r\n", "A: \u{1B}[2J\r\n", "A\r\n",
            ": b\r\n",
            " : b\r\n", "A B: c\r\n", "A\r\n b\r\n",
        ] {
            #expect(Response(of: "HTTP/1.1 200 OK\r\n\(lines)\r\n").code == .malformedMessage, "\(lines)")
        }
    }

    @Test("Empty lines before the start line are skipped, within the limit of a head", arguments: [1, 2, 40])
    func skipsEmptyLines(count: Int) {
        let lines = String(repeating: "\r\n", count: count)
        #expect(Request(of: lines + "GET / HTTP/1.1\r\n\r\n").head?.target == "/")
        #expect(Response(of: lines + "HTTP/1.1 200 OK\r\n\r\n").head?.status == 200)
        var limits = HandshakeLimits()
        limits.maximumHeadBytes = 64
        let isWithin = count * 2 + 18 <= 64
        #expect((Request(of: lines + "GET / HTTP/1.1\r\n\r\n", limits: limits).head != nil) == isWithin)
    }

    @Test(
        "A line of a request ends with CRLF and with nothing else, and holds no control characters",
        arguments: [
            "GET / HTTP/1.1\n\n", "GET / HTTP/1.1\r\nA: b\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n\n", "GET / HTTP/1.1\rA",
            "GET / HTTP/1.1\r\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "GET / HTTP/1.1\r\nA: \0\r\n\r\n",
            "GET / HTTP/1.1\r\nA: \u{1}\r\n\r\n", "GET / HTTP/1.1\r\nA: \u{7F}\r\n\r\n", "\nGET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nA: \u{1B}[2J\r\n\r\n", "GET /\0 HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}",
        ]
    )
    func refusesLineEnding(text: String) {
        let outcome = Request(of: text)
        #expect(outcome.code == .malformedMessage)
        #expect(outcome.head == nil)
    }

    @Test("A failure is thrown again for every later byte")
    func failsForEver() throws {
        var parser = HTTPHeadParser<HTTPResponseHead>(limits: HandshakeLimits())
        let first = handshakeError { _ = try parser.receive(Array("HTTP/1.1 101 \0".utf8).span) }
        let second = handshakeError { _ = try parser.receive(Array("HTTP/1.1 101 \r\n\r\n".utf8).span) }
        #expect(first?.code == .malformedMessage)
        #expect(second?.description == first?.description)
        #expect(parser.errorAtEndOfStream().description == first?.description)
    }

    @Test("After a head the parser reads the next one, with fresh limits")
    func readsNextHead() throws {
        var limits = HandshakeLimits()
        limits.maximumHeadBytes = 64
        var parser = HTTPHeadParser<HTTPResponseHead>(limits: limits)
        let padding = String(repeating: "x", count: 30)
        let bytes = Array("HTTP/1.1 103 \(padding)\r\nA: a\r\n\r\nHTTP/1.1 101 \(padding)\r\nA: b\r\n\r\n".utf8)
        guard case .complete(let first, let consumed) = try parser.receive(bytes.span) else {
            Issue.record("The first head is not complete.")
            return
        }
        let rest = bytes.span.extracting(consumed..<bytes.count)
        guard case .complete(let second, let end) = try parser.receive(rest) else {
            Issue.record("The second head is not complete.")
            return
        }
        #expect((first.status, second.status) == (103, 101))
        #expect(second.fields == ["A": "b"])
        #expect(consumed + end == bytes.count)
    }

    @Test("The end of the connection inside a head is reported with the number of bytes read")
    func reportsEnd() throws {
        var parser = HTTPHeadParser<HTTPRequestHead>(limits: HandshakeLimits())
        _ = try parser.receive(Array("GET / HT".utf8).span)
        let error = parser.errorAtEndOfStream()
        #expect(error.code == .connectionEnded)
        #expect(error.message.contains("8 bytes"))
    }
}

extension HeadOutcome {
    /// Compares outcomes without the place of a failure: bytes before it in the same chunk are not counted.
    fileprivate func sameResult(as other: Self) -> Bool {
        self.head == other.head && self.error == other.error && (self.error != nil || self.consumed == other.consumed)
    }
}

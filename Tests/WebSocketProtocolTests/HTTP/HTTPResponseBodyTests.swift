import TestSupport
import Testing

@testable import WebSocketProtocol

@Suite("Bodies of refused upgrades")
struct HTTPResponseBodyTests {
    /// The outcome of reading a body, comparable for all sizes of chunks.
    private struct Outcome: Equatable {
        var bytes: [UInt8] = []
        var dropped = 0
        var consumed = 0
        var isComplete = false
        var error: String?
    }

    private static func head(_ fields: HTTPFields, status: Int = 403) throws -> HTTPResponseHead {
        try HTTPResponseHead(status: status, fields: fields)
    }

    private static func read(
        _ input: String,
        fields: HTTPFields,
        chunks: [Range<Int>]? = nil,
        limit: Int = 65_536
    ) throws -> Outcome {
        let bytes = Array(input.utf8)
        var limits = HandshakeLimits()
        limits.maximumBodyBytes = limit
        var body = try HTTPResponseBody(for: self.head(fields), limits: limits)
        var outcome = Outcome()
        do {
            for chunk in chunks ?? [0..<bytes.count] where !body.isComplete {
                outcome.consumed += try body.receive(bytes.span.extracting(chunk))
            }
        } catch {
            outcome.error = error.description
        }
        outcome.bytes = body.bytes
        outcome.dropped = body.droppedByteCount
        outcome.isComplete = body.isComplete
        return outcome
    }

    @Test("Content-Length ends a body; the bytes after it are left")
    func readsLength() throws {
        let outcome = try Self.read("hello, more", fields: ["Content-Length": "5"])
        #expect(outcome == Outcome(bytes: Array("hello".utf8), consumed: 5, isComplete: true))
    }

    @Test("Without a length the body lasts until the end of the connection")
    func readsUntilEnd() throws {
        var body = try HTTPResponseBody(for: Self.head([:]), limits: HandshakeLimits())
        #expect(try body.receive(Array("hel".utf8).span) == 3)
        #expect(try body.receive(Array("lo".utf8).span) == 2)
        #expect(!body.isComplete)
        try body.receivedEndOfStream()
        #expect(body.isComplete)
        #expect(body.bytes == Array("hello".utf8))
    }

    @Test(
        "A body is empty with length 0, and for statuses that have none, whatever their fields say",
        arguments: [(200, "0"), (100, "5"), (101, "5"), (204, "5"), (304, "5")]
    )
    func knowsEmptyBodies(status: Int, length: String) throws {
        let head = try Self.head(["Content-Length": length], status: status)
        var body = try HTTPResponseBody(for: head, limits: HandshakeLimits())
        #expect(body.isComplete)
        #expect(try body.receive([1, 2, 3].span) == 0)
    }

    @Test(
        "The coding overrides a length, and one that does not end with chunks lasts until the end (RFC 9112 §6.3)",
        arguments: [
            (["Transfer-Encoding": "chunked", "Content-Length": "2"], true),
            (["Transfer-Encoding": "gzip, chunked"], true),
            (["Transfer-Encoding": "gzip", "TRANSFER-ENCODING": "Chunked"], true),
            (["Transfer-Encoding": "gzip", "Content-Length": "2"], false),
            (["Transfer-Encoding": "chunked, gzip"], false),
            (["Transfer-Encoding": ""], false), (["Transfer-Encoding": "xchunked"], false),
            (["Content-Length": "x", "Transfer-Encoding": "chunked"], true),
        ] as [(HTTPFields, Bool)]
    )
    func overridesLength(fields: HTTPFields, isChunked: Bool) throws {
        let text = "5\r\nhello\r\n0\r\n\r\n"
        let outcome = try Self.read(text, fields: fields)
        #expect(outcome.isComplete == isChunked)
        #expect(outcome.bytes == Array((isChunked ? "hello" : text).utf8))
    }

    @Test(
        "A length that is repeated is one if it is the same (RFC 9110 §8.6)",
        arguments: [["Content-Length": "5", "content-length": "5"], ["Content-Length": "5, 5,5"]] as [HTTPFields]
    )
    func repeatedLength(fields: HTTPFields) throws {
        let outcome = try Self.read("hello, more", fields: fields)
        #expect(outcome == Outcome(bytes: Array("hello".utf8), consumed: 5, isComplete: true))
    }

    @Test("A transfer coding in HTTP/1.0 is a mistake (RFC 9112 §6.1)")
    func refusesCodingInHTTP10() throws {
        let head = try #require(
            HeadOutcome<HTTPResponseHead>(of: "HTTP/1.0 503 x\r\nTransfer-Encoding: chunked\r\n\r\n").head
        )
        let code = handshakeErrorCode { _ = try HTTPResponseBody(for: head, limits: HandshakeLimits()) }
        #expect(code == .malformedMessage)
    }

    @Test(
        "A body whose end is not certain is refused",
        arguments: [
            ["Transfer-Encoding": "chunked", "transfer-encoding": "chunked"], ["Transfer-Encoding": "chunked, chunked"],
            ["Content-Length": "5", "content-length": "6"], ["Content-Length": "5, 6"], ["Content-Length": ""],
            ["Content-Length": "05, 5"], ["Content-Length": "+5"], ["Content-Length": "18446744073709551616"],
        ] as [HTTPFields]
    )
    func refusesFraming(fields: HTTPFields) {
        let code = handshakeErrorCode { _ = try HTTPResponseBody(for: Self.head(fields), limits: HandshakeLimits()) }
        #expect(code == .malformedMessage)
    }

    @Test(
        "Chunks are joined; extensions and trailers are skipped; the bytes after the end are left",
        arguments: [
            ("0\r\n\r\nrest", ""),
            ("5\r\nhello\r\n0\r\n\r\nrest", "hello"),
            ("1\r\nh\r\n4;a=\"b\"\r\nello\r\n000\r\n\r\nrest", "hello"),
            ("a \t\r\n0123456789\r\n0;x\r\nTrailer: 1\r\nOther: 2\r\n\r\nrest", "0123456789"),
            ("B\r\n\r\n0\r\n\r\n5\r\nx\r\n0\r\n\r\nrest", "\r\n0\r\n\r\n5\r\nx"),
        ]
    )
    func readsChunks(input: String, content: String) throws {
        let expected = Outcome(bytes: Array(content.utf8), consumed: input.utf8.count - 4, isComplete: true)
        let fields: HTTPFields = ["Transfer-Encoding": "Chunked"]
        #expect(try Self.read(input, fields: fields) == expected)
        let count = input.utf8.count
        #expect(try Self.read(input, fields: fields, chunks: Chunks.ofSize(1, in: count)) == expected)
        for split in 0...count {
            #expect(try Self.read(input, fields: fields, chunks: [0..<split, split..<count]) == expected)
        }
    }

    @Test("Random chunks give what one chunk gives", arguments: 0..<32 as Range<UInt64>)
    func randomChunks(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let input = "1f;x=y\r\n\(String(repeating: "z", count: 31))\r\n2\r\n\r\n\r\n0\r\nA: b\r\n\r\nrest"
        let fields: HTTPFields = ["Transfer-Encoding": "chunked"]
        let whole = try Self.read(input, fields: fields)
        #expect(whole.isComplete && whole.bytes.count == 33)
        let chunks = Chunks.random(upTo: 9, in: input.utf8.count, using: &generator)
        #expect(try Self.read(input, fields: fields, chunks: chunks) == whole, "seed \(seed), chunks \(chunks)")
    }

    @Test(
        "A broken chunk is refused at the same byte in any chunks, and what was read before it is kept",
        arguments: [
            ("x\r\n", ""), ("\r\n", ""), (" 5\r\nhello", ""), ("-5\r\nhello", ""), ("0x5\r\nhello", ""),
            ("5\nhello", ""), ("5\r\rhello", ""), ("5\r\nhello!\r\n", "hello"), ("5\r\nhello\r\n\r\n", "hello"),
            ("5\r\nhello\r0", "hello"), ("5\r\nhelloX\n0\r\n\r\n", "hello"), ("2\r\nhi\r\n;\r\n", "hi"),
            ("5;\0\r\nhello", ""), ("0\r\nA: b\n", ""),
            ("0\r\n\r0", ""), ("8000000000000000\r\n", ""), ("FFFFFFFFFFFFFFFF\r\n", ""),
            ("10000000000000000\r\n", ""), ("fffffffffffffffffffffffffffffff\r\n", ""),
        ]
    )
    func refusesBrokenChunk(input: String, kept: String) throws {
        let fields: HTTPFields = ["Transfer-Encoding": "chunked"]
        let whole = try Self.read(input, fields: fields)
        #expect(whole.error?.hasPrefix("malformedMessage") == true)
        #expect(whole.bytes == Array(kept.utf8) && !whole.isComplete)
        let single = try Self.read(input, fields: fields, chunks: Chunks.ofSize(1, in: input.utf8.count))
        #expect(single.error == whole.error && single.bytes == whole.bytes)
    }

    @Test("The largest chunk size is accepted and reserves nothing")
    func acceptsLargestSize() throws {
        let outcome = try Self.read("7FFFFFFFFFFFFFFF\r\nabc", fields: ["Transfer-Encoding": "chunked"])
        #expect(outcome == Outcome(bytes: Array("abc".utf8), consumed: 21))
    }

    @Test(
        "What is skipped is bounded: leading zeros, an extension, trailers without end",
        arguments: ["0", "5;", "0\r\n", "0\r\nA: b\r\n"]
    )
    func boundsSkipping(start: String) throws {
        let filler = start == "0" ? "0" : (start == "0\r\nA: b\r\n" ? "A: b\r\n" : "x")
        let input = start + String(repeating: filler, count: 10_000)
        let outcome = try Self.read(input, fields: ["Transfer-Encoding": "chunked"])
        #expect(outcome.error?.contains("8192 bytes") == true)
    }

    @Test("The bound on extensions is for each chunk: many chunks with one are read")
    func boundsSkippingPerChunk() throws {
        let input = String(repeating: "1;extension=value\r\nx\r\n", count: 1_000) + "0\r\n\r\n"
        let outcome = try Self.read(input, fields: ["Transfer-Encoding": "chunked"])
        #expect(outcome.isComplete && outcome.bytes.count == 1_000)
    }

    @Test(
        "The first bytes are kept up to the limit, the rest is read and dropped",
        arguments: [(9, 9, 1), (10, 10, 0), (11, 10, 0), (0, 0, 10)]
    )
    func dropsRest(limit: Int, kept: Int, dropped: Int) throws {
        let digits = Array("0123456789".utf8)
        let inputs: [(String, HTTPFields)] = [
            ("0123456789", ["Content-Length": "10"]),
            ("4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n", ["Transfer-Encoding": "chunked"]),
        ]
        for (input, fields) in inputs {
            for size in [1, 3, 100] {
                let chunks = Chunks.ofSize(size, in: input.utf8.count)
                let outcome = try Self.read(input, fields: fields, chunks: chunks, limit: limit)
                #expect(outcome.bytes == Array(digits.prefix(kept)))
                #expect(outcome.dropped == dropped)
                #expect(outcome.isComplete)
            }
        }
    }

    @Test("A body is satisfied when it is complete or the limit is reached")
    func knowsWhenSatisfied() throws {
        var limits = HandshakeLimits()
        limits.maximumBodyBytes = 3
        var body = try HTTPResponseBody(for: Self.head([:]), limits: limits)
        _ = try body.receive([1, 2].span)
        #expect(!body.isSatisfied)
        _ = try body.receive([3].span)
        #expect(body.isSatisfied && !body.isComplete)
    }

    @Test(
        "The end of the connection before the end of the body is an error",
        arguments: [["Content-Length": "5"], ["Transfer-Encoding": "chunked"]] as [HTTPFields]
    )
    func reportsEarlyEnd(fields: HTTPFields) throws {
        var body = try HTTPResponseBody(for: Self.head(fields), limits: HandshakeLimits())
        _ = try body.receive(Array("5\r\n".utf8).span)
        #expect(handshakeErrorCode { try body.receivedEndOfStream() } == .connectionEnded)
        #expect(!body.isComplete)
    }
}

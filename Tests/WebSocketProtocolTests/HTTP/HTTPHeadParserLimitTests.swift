import Testing

@testable import WebSocketProtocol

@Suite("Limits on heads")
struct HTTPHeadParserLimitTests {
    private typealias Request = HeadOutcome<HTTPRequestHead>

    @Test("A head of exactly the limit is read, one byte more is refused", arguments: [64, 100, 16_384])
    func limitsHead(limit: Int) {
        var limits = HandshakeLimits()
        limits.maximumHeadBytes = limit
        limits.maximumLineBytes = max(32, limit)
        let frame = "GET / HTTP/1.1\r\nA: \r\n\r\n"
        let padding = String(repeating: "x", count: limit - frame.utf8.count)
        let exact = Request(of: "GET / HTTP/1.1\r\nA: \(padding)\r\n\r\n", limits: limits)
        #expect(exact.head?.first("A") == padding)
        let larger = Request(of: "GET / HTTP/1.1\r\nA: \(padding)x\r\n\r\n", limits: limits)
        #expect(larger.code == .limitExceeded)
        #expect(larger.error?.contains("\(limit) bytes") == true)
    }

    @Test("A line of exactly the limit is read, one byte more is refused", arguments: [32, 8_192])
    func limitsLine(limit: Int) {
        var limits = HandshakeLimits()
        limits.maximumLineBytes = limit
        let line = "A: " + String(repeating: "x", count: limit - 3)
        #expect(Request(of: "GET / HTTP/1.1\r\n\(line)\r\n\r\n", limits: limits).head != nil)
        let longer = Request(of: "GET / HTTP/1.1\r\n\(line)x\r\n\r\n", limits: limits)
        #expect(longer.code == .limitExceeded)
        #expect(longer.error?.contains("\(limit) bytes") == true)
    }

    @Test("A head with exactly the limit of fields is read, one more is refused", arguments: [8, 128])
    func limitsFields(limit: Int) {
        var limits = HandshakeLimits()
        limits.maximumFields = limit
        func head(_ count: Int) -> String {
            "GET / HTTP/1.1\r\n" + String(repeating: "a: b\r\n", count: count) + "\r\n"
        }
        #expect(Request(of: head(limit), limits: limits).head?.fields.count == limit)
        #expect(Request(of: head(limit + 1), limits: limits).code == .limitExceeded)
    }

    @Test("Thousands of fields are refused, also if the Upgrade field is one of them", arguments: [2_000, 300_000])
    func refusesManyFields(count: Int) {
        let text = "GET / HTTP/1.1\r\n" + String(repeating: "a:\r\n", count: count) + "Upgrade: websocket\r\n\r\n"
        #expect(Request(of: text).code == .limitExceeded)
    }

    @Test("20 MB of head are stopped at the limit, whatever the chunks", arguments: [1, 7, 512, 4_096])
    func stopsEndlessHead(chunkSize: Int) {
        let field = Array("X-Padding: 0123456789\r\n".utf8)
        let endless = Array("GET / HTTP/1.1\r\n".utf8) + (0..<(20_000_000 / field.count)).flatMap { _ in field }
        var limits = HandshakeLimits()
        limits.maximumFields = 1_000_000
        let outcome = Request(of: endless, in: Chunks.ofSize(chunkSize, in: endless.count), limits: limits)
        #expect(outcome.code == .limitExceeded)
        #expect(outcome.consumed <= 16_384)
    }

    @Test("Reading a head takes time linear in its length, also in single bytes", arguments: [1, 64, 4_096])
    func readsInLinearTime(chunkSize: Int) {
        var limits = HandshakeLimits()
        limits.maximumHeadBytes = 1 << 22
        limits.maximumLineBytes = 1 << 22
        let isLinear = isLinear { count in
            let text = "GET / HTTP/1.1\r\nA: b" + String(repeating: " ", count: count) + "x\r\n\r\n"
            let bytes = Array(text.utf8)
            let chunks = Chunks.ofSize(chunkSize, in: bytes.count)
            return { #expect(Request(of: bytes, in: chunks, limits: limits).head != nil) }
        }
        #expect(isLinear)
    }

    @Test("Each limit has a least value, and the message names the limit and the value")
    func validatesLimits() throws {
        try HandshakeLimits().validate()
        let cases: [(WritableKeyPath<HandshakeLimits, Int>, String, Int)] = [
            (\.maximumHeadBytes, "maximumHeadBytes", 63), (\.maximumLineBytes, "maximumLineBytes", 31),
            (\.maximumFields, "maximumFields", 7), (\.maximumBodyBytes, "maximumBodyBytes", -1),
        ]
        for (path, name, value) in cases {
            var limits = HandshakeLimits()
            limits[keyPath: path] = value + 1
            try limits.validate()
            limits[keyPath: path] = value
            let error = handshakeError { try limits.validate() }
            #expect(error?.code == .invalidConfiguration)
            #expect(error?.message.contains(name) == true && error?.message.contains("got \(value)") == true)
        }
    }

    @Test("The defaults are those of the documentation")
    func defaults() {
        let limits = HandshakeLimits()
        #expect(limits.maximumHeadBytes == 16_384)
        #expect(limits.maximumLineBytes == 8_192)
        #expect(limits.maximumFields == 128)
        #expect(limits.maximumBodyBytes == 65_536)
        let client = HandshakeLimits.client
        #expect((client.maximumHeadBytes, client.maximumLineBytes) == (65_536, 65_536))
        #expect((client.maximumFields, client.maximumBodyBytes) == (1_024, 65_536))
    }

    @Test("Who is over a limit is told which one, and where it is set")
    func namesLimits() {
        var limits = HandshakeLimits()
        (limits.maximumHeadBytes, limits.maximumLineBytes, limits.maximumFields) = (100, 40, 8)
        let cases = [
            ("A: b\r\nC: \(String(repeating: "x", count: 50))", "40 bytes", "HandshakeLimits.maximumLineBytes"),
            (String(repeating: "ABCDEFGHIJKLMNOP: q\r\n", count: 5), "100 bytes", "HandshakeLimits.maximumHeadBytes"),
            (String(repeating: "A:\r\n", count: 9), "8 fields", "HandshakeLimits.maximumFields"),
        ]
        for (fields, value, name) in cases {
            let error = Request(of: "GET / HTTP/1.1\r\n\(fields)\r\n\r\n", limits: limits).error ?? ""
            #expect(error.contains(value) && error.contains(name), "\(error)")
        }
    }
}

extension HTTPRequestHead {
    fileprivate func first(_ name: String) -> String? { self.fields.first(name) }
}

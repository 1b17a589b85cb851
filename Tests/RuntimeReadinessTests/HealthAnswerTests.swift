import RuntimeLifecycle
import Testing

@testable import RuntimeReadiness

@Suite("The answer to a health request", .timeLimit(.minutes(5)))
struct HealthAnswerTests {
    @Test(
        "An identity is read from an object with both members and from nothing else",
        arguments: [
            ("{\"nonce\":\"a\",\"generation\":2}", true), ("{\"nonce\":\"a\",\"generation\":\"2\"}", true),
            (" { \"x\" : { \"nonce\" : [\"}\"] } , \"generation\" : 2 , \"nonce\" : \"\\u0061\" } ", true),
            ("{\"nonce\":\"a\",\"generation\":2,\"status\":null,\"more\":[1,{}]}", true),
            ("", false), ("{\"nonce\":\"a\"}", false), ("{\"generation\":2}", false),
            ("{\"nonce\":\"a\",\"generation\":-2}", false), ("{\"nonce\":\"a\",\"generation\":2.5}", false),
            ("{\"nonce\":\"a\",\"generation\":18446744073709551616}", false), ("{\"nonce\":1,\"generation\":2}", false),
            ("{\"nonce\":null,\"generation\":2}", false), ("{\"nonce\":\"a\",\"generation\":\"2x\"}", false),
            ("{\"nonce\":\"a\",\"generation\":2", false), ("[{\"nonce\"", false), ("{\"a\":[[[[", false),
            ("[{\"nonce\":\"a\",\"generation\":2}]", false), ("\u{FEFF}", false),
        ]
    )
    func identity(body: String, isIdentity: Bool) {
        #expect(HealthAnswer.identity(in: Array(body.utf8)) == (isIdentity ? OneAnswer.expected : nil))
    }

    @Test("The largest generation is read as it is, and bytes that are no text are no identity")
    func limits() {
        let body = "{\"nonce\":\"a\",\"generation\":\(UInt64.max)}"
        #expect(HealthAnswer.identity(in: Array(body.utf8))?.generation == UInt64.max)
        #expect(HealthAnswer.identity(in: [0x7B, 0xFF, 0xFE, 0x7D]) == nil)
        let deep = String(repeating: "[", count: 60_000)
        #expect(HealthAnswer.identity(in: Array("{\"a\":\(deep)".utf8)) == nil)
    }

    private static let body = OneAnswer.body

    @Test(
        "The end of an answer is known by its length or its last chunk, while the connection stays open",
        arguments: [
            "HTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n\(Self.body)",
            "HTTP/1.1 200 OK\r\ncontent-length:28 \r\n\r\n\(Self.body)and the next answer",
            "HTTP/1.1 200\r\nContent-Length: 28\r\n\r\n\(Self.body)",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 28\r\n\r\n\(Self.body)",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n\(Self.body)\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTRANSFER-ENCODING:\tChunked  \r\n\r\n5\r\n{\"non\r\n17;x=y\r\n"
                + "ce\":\"a\",\"generation\":2}\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 28\r\n\r\n\(Self.body)",
        ]
    )
    func whole(answer: String) async throws {
        let began = ContinuousClock.now
        #expect(try await OneAnswer.identity(in: [answer], connection: .isKept) == OneAnswer.expected)
        #expect(ContinuousClock.now - began < .seconds(10))
        // Bytes that come one by one are the same answer.
        let bytes = answer.unicodeScalars.map { String($0) }
        #expect(try await OneAnswer.identity(in: bytes, connection: .isKept) == OneAnswer.expected)
    }

    @Test(
        "Without a length, the body ends with the connection",
        arguments: ["HTTP/1.1 200 OK\r\nX: y\r\n\r\n\(Self.body)", "HTTP/1.0 200 OK\r\n\r\n\(Self.body)"]
    )
    func endOfConnection(answer: String) async throws {
        #expect(try await OneAnswer.identity(in: [answer], connection: .isEnded) == OneAnswer.expected)
        let limit = Duration.milliseconds(200)
        #expect(try await OneAnswer.identity(in: [answer], connection: .isKept, within: limit) == nil)
    }

    @Test(
        "An answer that is refused, malformed or cut gives nothing, as soon as it is over",
        arguments: [
            "HTTP/1.1 503 No\r\nContent-Length: 28\r\n\r\n\(Self.body)",
            "HTTP/1.1 201 Created\r\nContent-Length: 28\r\n\r\n\(Self.body)", "HTTP/1.1 204 No\r\n\r\n",
            "HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 28\r\n\r\n\(Self.body)",
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n\(Self.body)",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n\(Self.body)", "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\(Self.body)",
            "HTTP/1.1 200 O", "SSH-2.0-x\r\n\r\n", "\(Self.body)", "",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\n\(Self.body)\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{}\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 28\r\n\r\n\(Self.body)",
        ]
    )
    func nothing(answer: String) async throws {
        let began = ContinuousClock.now
        #expect(try await OneAnswer.identity(in: [answer], connection: .isEnded) == nil)
        #expect(ContinuousClock.now - began < .seconds(10))
    }

    @Test(
        "Heads that RFC 9112 lets a client refuse are refused: §2.2 lines without CR, §5.2 folded lines, §6.3 two lengths",
        arguments: [
            "HTTP/1.1 200 OK\nContent-Length: 28\n\n\(Self.body)",
            "HTTP/1.1 200 OK\r\nContent-Length:\r\n 28\r\n\r\n\(Self.body)",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
                + "1c\r\n\(Self.body)\r\n0\r\n\r\n",
        ]
    )
    func strict(answer: String) async throws {
        #expect(try await OneAnswer.identity(in: [answer], connection: .isEnded) == nil)
    }

    @Test("A body over 64 KiB is not read to its end", arguments: [true, false])
    func tooLarge(saysLength: Bool) async throws {
        let length = saysLength ? "Content-Length: 100000000\r\n" : ""
        let answer = "HTTP/1.1 200 OK\r\n\(length)\r\n" + String(repeating: " ", count: 70_000)
        let began = ContinuousClock.now
        #expect(try await OneAnswer.identity(in: [answer], connection: .isKept) == nil)
        #expect(ContinuousClock.now - began < .seconds(10))
    }
}

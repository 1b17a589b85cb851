import NIOCore
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("What is said to a proxy")
struct NegotiationTests {
    /// Gives it the bytes in two parts, and returns the sent bytes and the unread bytes.
    private func run(
        _ negotiation: any TunnelNegotiation,
        _ bytes: [UInt8],
        cutAt cut: Int
    ) throws -> (said: [UInt8], rest: [UInt8], isEstablished: Bool) {
        var negotiation = negotiation
        var buffer = ByteBuffer(bytes: bytes[..<cut])
        var said = try negotiation.receive(&buffer)
        buffer.writeBytes(bytes[cut...])
        if !negotiation.isEstablished { said += try negotiation.receive(&buffer) }
        return (said, Array(buffer.readableBytesView), negotiation.isEstablished)
    }

    @Test(
        "HTTP: any 2xx opens the tunnel, whatever its fields say, and what follows is left, at every split",
        arguments: [
            "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.0 200 \r\nContent-Length: 5\r\n\r\n",
            "HTTP/1.1 299 x\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ]
    )
    func http(answer: String) throws {
        let bytes = Array(answer.utf8) + [1, 2, 3]
        for cut in bytes.indices {
            let proxy = try WebSocketProxy("http://h")
            let negotiation = HTTPConnectNegotiation(host: "::1", port: 8, proxy: proxy, limits: HandshakeLimits())
            let request = "CONNECT [::1]:8 HTTP/1.1\r\nHost: [::1]:8\r\n\r\n"
            #expect(String(decoding: negotiation.begin(), as: UTF8.self) == request)
            let result = try self.run(negotiation, bytes, cutAt: cut)
            #expect(result.isEstablished && result.rest == [1, 2, 3] && result.said.isEmpty, "cut at \(cut)")
        }
    }

    @Test("HTTP: the proxy, too, is told who asks")
    func userAgent() throws {
        let proxy = try WebSocketProxy("http://h")
        let limits = HandshakeLimits()
        let negotiation = HTTPConnectNegotiation(host: "h", port: 8, proxy: proxy, userAgent: "m/1", limits: limits)
        let request = "CONNECT h:8 HTTP/1.1\r\nHost: h:8\r\nUser-Agent: m/1\r\n\r\n"
        #expect(String(decoding: negotiation.begin(), as: UTF8.self) == request)
    }

    @Test("HTTP: interim responses without end, and heads beyond the limits, are refused")
    func httpLimits() throws {
        let proxy = try WebSocketProxy("http://h")
        let negotiation = HTTPConnectNegotiation(host: "x", port: 8, proxy: proxy, limits: HandshakeLimits())
        for text in [String(repeating: "HTTP/1.1 100 \r\n\r\n", count: 9), String(repeating: "x", count: 20_000)] {
            var negotiation = negotiation
            var buffer = ByteBuffer(string: text)
            let error = #expect(throws: WebSocketError.self) { _ = try negotiation.receive(&buffer) }
            #expect(error?.code == .proxyFailed)
        }
    }

    /// Replies of a SOCKS5 proxy from the type of the address on.
    private static let bound: [([UInt8])] = [
        [1, 127, 0, 0, 1, 0, 80], [4] + [UInt8](repeating: 9, count: 16) + [0, 80], [3, 1, 120, 0, 80], [3, 0, 0, 80],
    ]

    @Test("SOCKS5: with and without credentials, at every split, with every kind of address", arguments: [true, false])
    func socks(hasCredentials: Bool) throws {
        let proxy = try WebSocketProxy(hasCredentials ? "socks5://ab:c@h" : "socks5://h")
        for bound in Self.bound {
            let verdict: [UInt8] = hasCredentials ? [5, 2, 1, 0] : [5, 0]
            let bytes = verdict + [5, 0, 0] + bound + [7, 8]
            for cut in bytes.indices {
                let negotiation = SOCKS5Negotiation(host: "x.test", port: 0x1234, proxy: proxy)
                #expect(negotiation.begin() == (hasCredentials ? [5, 2, 0, 2] : [5, 1, 0]))
                let result = try self.run(negotiation, bytes, cutAt: cut)
                let request = [5, 1, 0, 3, 6] + Array("x.test".utf8) + [0x12, 0x34]
                #expect(result.said == (hasCredentials ? [1, 2, 97, 98, 1, 99] + request : request), "cut at \(cut)")
                #expect(result.isEstablished && result.rest == [7, 8], "cut at \(cut)")
            }
        }
    }

    @Test("SOCKS5: addresses go as addresses")
    func socksAddresses() throws {
        let proxy = try WebSocketProxy("socks5://h")
        let addresses: [(String, [UInt8])] = [
            ("192.0.2.7", [1, 192, 0, 2, 7]), ("::1", [4] + [UInt8](repeating: 0, count: 15) + [1]),
        ]
        for (host, bytes) in addresses {
            var negotiation = SOCKS5Negotiation(host: host, port: 80, proxy: proxy)
            var buffer = ByteBuffer(bytes: [5, 0])
            #expect(try negotiation.receive(&buffer) == [5, 1, 0] + bytes + [0, 80])
        }
    }

    @Test(
        "SOCKS5: what breaks the protocol, or refuses, is an error",
        arguments: [
            ([4, 0], .proxyFailed), ([72], .proxyFailed), ([5, 0xFF], .proxyRefused), ([5, 1], .proxyFailed),
            ([5, 2, 1, 1], .proxyRefused), ([5, 0, 4], .proxyFailed), ([5, 0, 5, 0, 0, 2], .proxyFailed),
            ([5, 0, 5, 5], .proxyRefused),
        ] as [([UInt8], WebSocketError.Code)]
    )
    func socksErrors(bytes: [UInt8], code: WebSocketError.Code) throws {
        let proxy = try WebSocketProxy("socks5://ab:s3cret@h")
        for cut in bytes.indices {
            let error = #expect(throws: WebSocketError.self) {
                _ = try self.run(SOCKS5Negotiation(host: "x", port: 1, proxy: proxy), bytes, cutAt: cut)
            }
            #expect(error?.code == code)
            #expect(error.map { "\($0)".contains("s3cret") } == false)
        }
    }

    @Test("SOCKS5: a method that was not offered is refused")
    func socksUnoffered() throws {
        var negotiation = SOCKS5Negotiation(host: "x", port: 1, proxy: try WebSocketProxy("socks5://h"))
        var buffer = ByteBuffer(bytes: [5, 2])
        let error = #expect(throws: WebSocketError.self) { _ = try negotiation.receive(&buffer) }
        #expect(error?.code == .proxyFailed)
    }
}

import Testing

@testable import WebSocketProtocol

@Suite("What a client sends")
struct ClientHandshakeRequestTests {
    private static func request(_ url: String = "ws://example.com/chat?a=b") throws -> ClientHandshakeRequest {
        ClientHandshakeRequest(url: try WebSocketURL(url), key: try SampleKey.key())
    }

    @Test("The request is written in full, in a fixed order")
    func writesRequest() throws {
        var request = try Self.request("wss://Example.com:8443/chat?a=b")
        request.origin = "https://example.com"
        request.subprotocols = ["v2.agent", "v1.agent"]
        request.extensions = [
            .init(name: "permessage-deflate", parameters: [.init(name: "client_max_window_bits")]), .init(name: "x"),
        ]
        request.fields = ["Authorization": "Bearer t", "Cookie": "a=b", "Cookie": "c=d"]
        let text = """
            GET /chat?a=b HTTP/1.1\r
            Host: example.com:8443\r
            Upgrade: websocket\r
            Connection: Upgrade\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            Sec-WebSocket-Version: 13\r
            Origin: https://example.com\r
            Sec-WebSocket-Protocol: v2.agent, v1.agent\r
            Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x\r
            Authorization: Bearer t\r
            Cookie: a=b\r
            Cookie: c=d\r
            \r

            """
        #expect(String(decoding: try ClientHandshake(request).request.serialize(), as: UTF8.self) == text)
    }

    @Test("Nothing is offered unless it is asked for")
    func offersNothing() throws {
        let fields = try ClientHandshake(Self.request()).request.fields
        #expect(fields.map(\.name) == ["Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version"])
    }

    @Test(
        "Host has the port only if it is not the default one, and IPv6 addresses in brackets",
        arguments: [
            ("ws://a", "a"), ("ws://a:80", "a"), ("ws://a:443", "a:443"), ("wss://a", "a"), ("wss://a:443", "a"),
            ("wss://a:80", "a:80"), ("ws://127.0.0.1:1", "127.0.0.1:1"), ("ws://[::1]", "[::1]"),
            ("ws://[::1]:8080", "[::1]:8080"), ("ws://A.b", "a.b"),
        ]
    )
    func writesHost(url: String, host: String) throws {
        #expect(try ClientHandshake(Self.request(url)).request.fields.values(for: "Host") == [host])
    }

    @Test(
        "A field of the handshake can't be replaced by a custom one, in any case",
        arguments: [
            "Host", "HOST", "upgrade", "Connection", "content-length", "Transfer-Encoding", "Origin",
            "Sec-WebSocket-Key",
            "sec-websocket-accept", "SEC-WEBSOCKET-VERSION", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Anything", "Sec-WebSocket-",
        ]
    )
    func refusesReservedField(name: String) throws {
        var request = try Self.request()
        request.fields = ["X": "y"]
        request.fields.append(name: name, value: "x")
        let error = handshakeError { _ = try ClientHandshake(request) }
        #expect(error?.code == .invalidField)
        #expect(error?.message.contains(name) == true)
    }

    @Test(
        "A field that only starts like one of the handshake is sent",
        arguments: ["Hosts", "X-Host", "Sec-WebSocket"]
    )
    func acceptsSimilarField(name: String) throws {
        var request = try Self.request()
        request.fields.append(name: name, value: "x")
        #expect(try ClientHandshake(request).request.fields.first(name) == "x")
    }

    /// The parts of a request that contain text of the caller.
    enum Place: CaseIterable {
        case origin, subprotocol, extensionName, parameterName, parameterValue, fieldName, fieldValue

        func write(_ text: String, into request: inout ClientHandshakeRequest) {
            switch self {
            case .origin: request.origin = text
            case .subprotocol: request.subprotocols = ["ok", text]
            case .extensionName: request.extensions = [.init(name: text)]
            case .parameterName: request.extensions = [.init(name: "x", parameters: [.init(name: text)])]
            case .parameterValue:
                request.extensions = [.init(name: "x", parameters: [.init(name: "y", value: text)])]
            case .fieldName: request.fields = [text: "x"]
            case .fieldValue: request.fields = ["X": text]
            }
        }
    }

    @Test(
        "CR, LF, NUL and other illegal characters are refused in every place before anything is sent",
        arguments: Place.allCases,
        ["a\r\nX: y", "a\r", "a\n", "\na", "a\0", "\u{1}", "\u{7F}", "\u{E9}", "\u{212A}", "a\r\n\r\nGET / HTTP/1.1"]
    )
    func refusesInjection(place: Place, text: String) throws {
        var request = try Self.request()
        place.write("legal", into: &request)
        #expect(handshakeErrorCode { _ = try ClientHandshake(request) } == nil)
        place.write(text, into: &request)
        let code = handshakeErrorCode { _ = try ClientHandshake(request) }
        let isField = place == .fieldName || place == .fieldValue
        #expect(code == (isField ? .invalidField : .invalidOffer))
    }

    @Test(
        "Host, path and query can't inject anything: the URL refuses it",
        arguments: ["\r\n", "\r", "\n", "\0", " ", "\t", "\u{7F}", "\u{E9}"]
    )
    func refusesURLInjection(text: String) {
        #expect(handshakeErrorCode { _ = try WebSocketURL(host: "a\(text)b") } == .invalidURL)
        #expect(handshakeErrorCode { _ = try WebSocketURL(host: "a", path: "/\(text)") } == .invalidURL)
        #expect(handshakeErrorCode { _ = try WebSocketURL(host: "a", path: "/?\(text)") } == .invalidURL)
    }

    @Test(
        "Subprotocols are unique tokens",
        arguments: [["a", "a"], [""], ["a,b"], ["a b"], ["a", "b", "a"], ["\"a\""]]
    )
    func refusesSubprotocols(names: [String]) throws {
        var request = try Self.request()
        request.subprotocols = names
        #expect(handshakeErrorCode { _ = try ClientHandshake(request) } == .invalidOffer)
    }

    @Test("Subprotocols that differ in case are different ones")
    func acceptsCaseVariants() throws {
        var request = try Self.request()
        request.subprotocols = ["chat", "Chat"]
        #expect(try ClientHandshake(request).request.fields.first("Sec-WebSocket-Protocol") == "chat, Chat")
    }

    @Test("An origin is not empty and has no spaces", arguments: ["", " ", "https://a b"])
    func refusesOrigin(origin: String) throws {
        var request = try Self.request()
        request.origin = origin
        #expect(handshakeErrorCode { _ = try ClientHandshake(request) } == .invalidOffer)
    }
}

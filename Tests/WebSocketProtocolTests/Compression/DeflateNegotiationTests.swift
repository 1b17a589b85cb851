import Testing

@testable import WebSocketProtocol

@Suite("permessage-deflate: negotiation")
struct DeflateNegotiationTests {
    /// A configuration with some properties changed.
    private static func deflate(_ change: (inout PermessageDeflate) -> Void = { _ in }) -> PermessageDeflate {
        var deflate = PermessageDeflate()
        change(&deflate)
        return deflate
    }

    private static func elements(_ header: String) throws -> [ExtensionHeader.Element] {
        try ExtensionHeader(parsing: [header], from: .server).elements
    }

    private static func agreed(_ own: (Int, Bool), _ peer: (Int, Bool)) -> NegotiatedDeflate {
        NegotiatedDeflate(
            own: .init(windowBits: own.0, contextTakeover: own.1),
            peer: .init(windowBits: peer.0, contextTakeover: peer.1)
        )
    }

    // MARK: Client

    @Test(
        "A client offers what it is configured to",
        arguments: [
            (Self.deflate(), "permessage-deflate; client_max_window_bits"),
            (Self.deflate { $0.offersClientWindowBits = false }, "permessage-deflate"),
            (Self.deflate { $0.ownWindowBits = 9 }, "permessage-deflate; client_max_window_bits=9"),
            (
                Self.deflate { deflate in
                    deflate.peerWindowBits = 10
                    deflate.peerContextTakeover = false
                    deflate.ownContextTakeover = false
                },
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                    + "server_max_window_bits=10; client_max_window_bits"
            ),
        ]
    )
    func offers(deflate: PermessageDeflate, header: String) throws {
        #expect(try ExtensionHeader([deflate.offer.element]).value == header)
    }

    @Test(
        "A response that fits the offer is agreed on",
        arguments: [
            ("permessage-deflate", Self.deflate(), Self.agreed((15, true), (15, true))),
            ("permessage-deflate; server_no_context_takeover", Self.deflate(), Self.agreed((15, true), (15, false))),
            ("permessage-deflate; client_no_context_takeover", Self.deflate(), Self.agreed((15, false), (15, true))),
            ("permessage-deflate; server_max_window_bits=8", Self.deflate(), Self.agreed((15, true), (8, true))),
            ("permessage-deflate; server_max_window_bits=\"12\"", Self.deflate(), Self.agreed((15, true), (12, true))),
            ("permessage-deflate; client_max_window_bits=8", Self.deflate(), Self.agreed((8, true), (15, true))),
            (
                "permessage-deflate; server_max_window_bits=9", Self.deflate { $0.peerWindowBits = 10 },
                Self.agreed((15, true), (9, true))
            ),
            (
                "permessage-deflate", Self.deflate { $0.ownContextTakeover = false },
                Self.agreed((15, false), (15, true))
            ),
        ]
    )
    func agrees(header: String, deflate: PermessageDeflate, expected: NegotiatedDeflate) throws {
        #expect(try deflate.agree(on: Self.elements(header)[0]) == expected)
    }

    @Test(
        "A response that is malformed, or does not fit the offer, fails the handshake with its reason",
        arguments: [
            ("server_max_window_bits=0", "needs 8 to 15"), ("server_max_window_bits=7", "needs 8 to 15"),
            ("server_max_window_bits=16", "needs 8 to 15"), ("server_max_window_bits=99", "needs 8 to 15"),
            ("server_max_window_bits=015", "needs 8 to 15"), ("server_max_window_bits=+9", "needs 8 to 15"),
            ("server_max_window_bits=99999999999999999999", "needs 8 to 15"),
            ("server_max_window_bits", "no value for server_max_window_bits"),
            ("client_max_window_bits", "no value for client_max_window_bits"),
            ("client_max_window_bits=16", "needs 8 to 15"),
            ("server_no_context_takeover=1", "a value for server_no_context_takeover"),
            ("client_no_context_takeover=\"x\"", "a value for client_no_context_takeover"),
            ("server_no_context_takeover; server_no_context_takeover", "server_no_context_takeover twice"),
            ("server_max_window_bits=9; server_max_window_bits=9", "server_max_window_bits twice"),
            ("x", "unknown parameter"), ("constructor=9", "unknown parameter"),
            ("Server_No_Context_Takeover", "unknown parameter"),
        ]
    )
    func refusesMalformedResponses(parameters: String, reason: String) throws {
        let response = try Self.elements("permessage-deflate; \(parameters)")[0]
        let error = #expect(throws: HandshakeError.self) { try PermessageDeflate().agree(on: response) }
        #expect(error?.code == .invalidExtension)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    @Test(
        "What the client insists on must be repeated, and what it did not offer must not be set",
        arguments: [
            ("", Self.deflate { $0.peerContextTakeover = false }, "server_no_context_takeover"),
            ("", Self.deflate { $0.peerWindowBits = 10 }, "server_max_window_bits=10"),
            ("; server_max_window_bits=11", Self.deflate { $0.peerWindowBits = 10 }, "server_max_window_bits=10"),
            ("; client_max_window_bits=10", Self.deflate { $0.offersClientWindowBits = false }, "was not offered"),
            ("; client_max_window_bits=15", Self.deflate { $0.ownWindowBits = 10 }, "at most 10 was offered"),
        ]
    )
    func refusesWhatWasNotAsked(parameters: String, deflate: PermessageDeflate, reason: String) throws {
        let response = try Self.elements("permessage-deflate" + parameters)[0]
        let error = #expect(throws: HandshakeError.self) { try deflate.agree(on: response) }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    // MARK: Server

    @Test(
        "A server accepts the first offer that it can meet",
        arguments: [
            ("permessage-deflate", Self.deflate(), "permessage-deflate", Self.agreed((15, true), (15, true))),
            (
                "permessage-deflate; client_max_window_bits", Self.deflate(), "permessage-deflate",
                Self.agreed((15, true), (15, true))
            ),
            (
                "permessage-deflate; client_max_window_bits", Self.deflate { $0.peerWindowBits = 10 },
                "permessage-deflate; client_max_window_bits=10", Self.agreed((15, true), (10, true))
            ),
            (
                "permessage-deflate; client_max_window_bits=8", Self.deflate(),
                "permessage-deflate; client_max_window_bits=8", Self.agreed((15, true), (8, true))
            ),
            (
                "permessage-deflate", Self.deflate { $0.peerWindowBits = 10 }, "permessage-deflate",
                Self.agreed((15, true), (15, true))
            ),
            (
                "permessage-deflate; server_max_window_bits=10; server_no_context_takeover; client_no_context_takeover",
                Self.deflate(),
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10",
                Self.agreed((10, false), (15, false))
            ),
            (
                "permessage-deflate; server_max_window_bits=15", Self.deflate { $0.ownWindowBits = 12 },
                "permessage-deflate; server_max_window_bits=12", Self.agreed((12, true), (15, true))
            ),
            (
                "permessage-deflate; x, foo, permessage-deflate; server_max_window_bits=8, permessage-deflate",
                Self.deflate { deflate in
                    deflate.ownContextTakeover = false
                    deflate.peerContextTakeover = false
                },
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                Self.agreed((15, false), (15, false))
            ),
        ]
    )
    func accepts(offer: String, deflate: PermessageDeflate, response: String, expected: NegotiatedDeflate) throws {
        let accepted = try #require(deflate.accept(try Self.elements(offer)))
        #expect(try ExtensionHeader([accepted.response]).value == response)
        #expect(accepted.agreed == expected)
    }

    @Test(
        "A server declines what RFC 7692 §7.1 tells it to",
        arguments: [
            "foo", "permessage-deflate; x", "permessage-deflate; server_max_window_bits",
            "permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=16",
            "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=\"9 9\"",
            "permessage-deflate; client_no_context_takeover=1",
            "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
        ]
    )
    func declines(offer: String) throws {
        // Some of these are not a valid header, which fails earlier.
        guard let elements = try? Self.elements(offer) else { return }
        #expect(PermessageDeflate().accept(elements) == nil)
    }

    @Test("Both roles agree on the same, whatever they are configured to")
    func rolesAgree() throws {
        let values = [9, 12, 15].flatMap { own in [9, 12, 15].map { (own, $0) } }
        let contexts = [(true, true), (true, false), (false, true), (false, false)]
        let all = values.flatMap { bits in
            contexts.map { context in
                Self.deflate { deflate in
                    (deflate.ownWindowBits, deflate.peerWindowBits) = bits
                    (deflate.ownContextTakeover, deflate.peerContextTakeover) = context
                }
            }
        }
        for client in all {
            for server in all {
                let (response, atServer) = try #require(server.accept([client.offer.element]))
                let atClient = try client.agree(on: response)
                #expect(atClient.own.windowBits <= atServer.peer.windowBits)
                #expect(atServer.own.windowBits <= atClient.peer.windowBits)
                #expect(!atClient.own.contextTakeover || atServer.peer.contextTakeover)
                #expect(!atServer.own.contextTakeover || atClient.peer.contextTakeover)
                #expect(atClient.peer.windowBits <= client.peerWindowBits)
            }
        }
    }

    @Test(
        "Values that are out of range are refused before anything is sent",
        arguments: [
            Self.deflate { $0.level = 0 }, Self.deflate { $0.level = 10 }, Self.deflate { $0.memoryLevel = 0 },
            Self.deflate { $0.memoryLevel = 10 }, Self.deflate { $0.ownWindowBits = 8 },
            Self.deflate { $0.ownWindowBits = 16 }, Self.deflate { $0.peerWindowBits = 8 },
            Self.deflate { $0.threshold = -1 },
        ]
    )
    func validates(deflate: PermessageDeflate) {
        let error = #expect(throws: HandshakeError.self) { try deflate.validate() }
        #expect(error?.code == .invalidConfiguration)
    }
}

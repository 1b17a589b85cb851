import Testing
import WebSocketProtocol
import WebSocketTransport

/// The wishes of a peer and of our side.
struct Scenario: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// Our wish.
    var ours = DeflateWish(clientBits: .bare)
    /// The wish of the peer; nil if it does not compress.
    var theirs: DeflateWish?
    /// Whether the client offers `v0` and `v1`; every server prefers `v1`, or `v2`.
    var offersSubprotocols = false

    static let all = [
        Scenario(testDescription: "no compression"),
        Scenario(testDescription: "plain", theirs: DeflateWish(clientBits: .bare), offersSubprotocols: true),
        Scenario(
            testDescription: "no context",
            ours: DeflateWish(serverTakeover: false, clientTakeover: false, clientBits: .bare),
            theirs: DeflateWish(clientBits: .bare)
        ),
        Scenario(
            testDescription: "small windows",
            ours: DeflateWish(serverBits: 9, clientBits: .bits(9)),
            theirs: DeflateWish(clientBits: .bare)
        ),
    ]

    /// The path and query of the peer's URL.
    func path(_ name: String) -> String {
        "/\(name)?\(self.theirs?.query ?? "")" + (self.offersSubprotocols ? "&subprotocols" : "")
    }

    /// Checks the terms of the handshake.
    func check(_ connection: WebSocketConnection, _ peer: Peer, _ role: Role) {
        #expect(connection.subprotocol == (self.offersSubprotocols ? "v1" : nil))
        guard let theirs = self.theirs, peer.followsParameters else {
            #expect((connection.compression == nil) == (self.theirs == nil))
            return
        }
        let (client, server) = role == .client ? (self.ours, theirs) : (theirs, self.ours)
        #expect(connection.compression == .agreement(client: client, server: server, seenBy: role))
    }
}

extension NegotiatedDeflate {
    /// The terms that RFC 7692 §7.1 gives for an offer and a server's limits.
    static func agreement(client: DeflateWish, server: DeflateWish, seenBy role: Role) -> NegotiatedDeflate {
        DeflateWish.agreement(client: client, server: server, seenBy: role)
    }
}

import Testing
import WebSocketProtocol
import WebSocketTransport

/// What is agreed on between a peer and us.
struct Scenario: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// What we wish.
    var ours = DeflateWish(clientBits: .bare)
    /// What the peer wishes; nil when it does not compress.
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

    /// Checks what the handshake agreed on.
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
    /// What RFC 7692 §7.1 makes of an offer and a server's limits.
    static func agreement(client: DeflateWish, server: DeflateWish, seenBy role: Role) -> NegotiatedDeflate {
        DeflateWish.agreement(client: client, server: server, seenBy: role)
    }
}

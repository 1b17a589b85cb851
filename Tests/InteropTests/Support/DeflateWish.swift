import Testing
import WebSocketProtocol

/// The wish of one side for permessage-deflate: its offer, or a server's own limits.
struct DeflateWish: Sendable, Hashable, CustomTestStringConvertible {
    /// The client's window, which an offer may leave to the server.
    enum ClientWindow: Sendable, Hashable {
        case absent
        case bare
        case bits(Int)

        var bits: Int? { if case .bits(let bits) = self { bits } else { nil } }
    }

    var serverTakeover = true
    var clientTakeover = true
    var serverBits: Int?
    var clientBits = ClientWindow.absent

    /// The wish as the query of a peer's URL.
    var query: String {
        var parts = ["deflate"]
        if !self.serverTakeover { parts.append("server_no_context_takeover") }
        if !self.clientTakeover { parts.append("client_no_context_takeover") }
        if let bits = self.serverBits { parts.append("server_max_window_bits=\(bits)") }
        switch self.clientBits {
        case .absent: break
        case .bare: parts.append("client_max_window_bits")
        case .bits(let bits): parts.append("client_max_window_bits=\(bits)")
        }
        return parts.joined(separator: "&")
    }

    var testDescription: String { self.query }

    /// The wish as our configuration, in one of the two roles.
    func configuration(as role: Role) -> PermessageDeflate {
        var deflate = PermessageDeflate()
        deflate.threshold = 0
        let (server, client) = (self.serverBits ?? 15, self.clientBits.bits ?? 15)
        switch role {
        case .server:
            (deflate.ownWindowBits, deflate.peerWindowBits) = (server, client)
            (deflate.ownContextTakeover, deflate.peerContextTakeover) = (self.serverTakeover, self.clientTakeover)
        case .client:
            (deflate.ownWindowBits, deflate.peerWindowBits) = (client, server)
            (deflate.ownContextTakeover, deflate.peerContextTakeover) = (self.clientTakeover, self.serverTakeover)
            deflate.offersClientWindowBits = self.clientBits != .absent
        }
        return deflate
    }

    /// The terms that RFC 7692 §7.1 gives for an offer and a server's limits, from the view of one role.
    ///
    /// The smaller window is used, and a context is kept if both sides keep it. But the server may choose the client's
    /// window only if the offer allows it (§7.1.2.2).
    static func agreement(client: Self, server: Self, seenBy role: Role) -> NegotiatedDeflate {
        let clientBits =
            switch client.clientBits {
            case .absent: 15
            case .bare: server.clientBits.bits ?? 15
            case .bits(let bits): min(bits, server.clientBits.bits ?? 15)
            }
        let ofServer = NegotiatedDeflate.Direction(
            windowBits: min(client.serverBits ?? 15, server.serverBits ?? 15),
            contextTakeover: client.serverTakeover && server.serverTakeover
        )
        let ofClient = NegotiatedDeflate.Direction(
            windowBits: clientBits,
            contextTakeover: client.clientTakeover && server.clientTakeover
        )
        return role == .server
            ? NegotiatedDeflate(own: ofServer, peer: ofClient)
            : NegotiatedDeflate(own: ofClient, peer: ofServer)
    }
}

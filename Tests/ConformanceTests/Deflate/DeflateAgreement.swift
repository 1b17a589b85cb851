import WebSocketProtocol

/// The terms that the two ends agreed on, from the peer's view.
struct DeflateAgreement: Sendable, Hashable {
    /// Our side breaks the terms of its handshake.
    struct Refused: Error, CustomStringConvertible { var description: String }

    /// The limits of one end's compressor.
    struct Limits: Sendable, Hashable {
        var keepsContext: Bool
        var windowBits: Int
    }

    /// The compressor of our side; the peer checks it.
    let ours: Limits
    /// The compressor of the peer.
    let peers: Limits

    /// - Parameters:
    ///   - terms: The answer of the server, which is the peer or our side.
    ///   - subject: The role of our side.
    init(_ terms: DeflateTerms, subject: Role) {
        let server = Limits(keepsContext: !terms.serverNoContextTakeover, windowBits: terms.serverWindowBits ?? 15)
        let client = Limits(keepsContext: !terms.clientNoContextTakeover, windowBits: terms.clientWindowBits ?? 15)
        (self.ours, self.peers) = subject == .server ? (server, client) : (client, server)
    }

    /// Performs the opening handshake.
    ///
    /// - Parameters:
    ///   - peer: The peer, before anything was sent.
    ///   - demands: The demands on our side. Our client is configured with the first and must demand the same.
    /// - Returns: The agreed terms.
    /// - Throws: `Refused`, `DeflateTerms.Invalid`.
    static func negotiate(_ peer: PeerConnection, _ demands: [DeflateCase.Demand]) async throws -> Self {
        let terms =
            switch peer.subject {
            case .server: try await Self.offer(demands, as: peer)
            case .client: try await Self.answer(demands[0], as: peer)
            }
        peer.allowCompression()
        return Self(terms, subject: peer.subject)
    }

    private static func offer(
        _ demands: [DeflateCase.Demand],
        as peer: PeerConnection
    ) async throws -> DeflateTerms {
        let offers = demands.map { demand in
            DeflateTerms(
                serverNoContextTakeover: demand.noContextTakeover,
                serverWindowBits: demand.windowBits,
                allowsClientWindowBits: true
            )
        }
        try await peer.send(PeerHandshake.request(extensions: offers.map(\.text).joined(separator: ", ")))
        let terms = try DeflateTerms.parse(Self.field(in: try await peer.receiveHead()))
        // RFC 7692 §7.1.1.1, §7.1.2.1: a server that accepts an offer accepts what the offer demands of the server.
        guard !demands[0].noContextTakeover || terms.serverNoContextTakeover else {
            throw Refused(description: "the server keeps its context: \(terms.text)")
        }
        guard demands[0].windowBits.map({ (terms.serverWindowBits ?? 16) <= $0 }) ?? true else {
            throw Refused(description: "the server does not limit its window: \(terms.text)")
        }
        return terms
    }

    private static func answer(_ demand: DeflateCase.Demand, as peer: PeerConnection) async throws -> DeflateTerms {
        let head = try await peer.receiveHead()
        let first = Self.field(in: head).split(separator: ",").first ?? ""
        let offer = try DeflateTerms.parse(first)
        guard offer.serverNoContextTakeover == demand.noContextTakeover else {
            throw Refused(description: "the client's offer does not say what it was told to: \(offer.text)")
        }
        guard (offer.serverWindowBits ?? 15) == (demand.windowBits ?? 15), offer.clientWindowBits != 8 else {
            throw Refused(description: "the client's offer has another window: \(offer.text)")
        }
        let terms = DeflateTerms(
            serverNoContextTakeover: offer.serverNoContextTakeover,
            clientNoContextTakeover: demand.noContextTakeover,
            serverWindowBits: offer.serverWindowBits,
            clientWindowBits: offer.allowsClientWindowBits ? demand.windowBits : nil
        )
        try await peer.send(try PeerHandshake.response(to: head, extensions: terms.text))
        return terms
    }

    private static func field(in head: String) -> String {
        PeerHandshake.value(of: "sec-websocket-extensions", in: head) ?? ""
    }
}

import WebSocketProtocol

/// What the two ends agreed on, seen from the peer.
struct DeflateAgreement: Sendable, Hashable {
    /// Our side does not do what the peer may expect of its handshake.
    struct Refused: Error, CustomStringConvertible { var description: String }

    /// What one end's compressor must keep to.
    struct Limits: Sendable, Hashable {
        var keepsContext: Bool
        var windowBits: Int
    }

    /// The compressor of our side; the peer checks it.
    let ours: Limits
    /// The compressor of the peer.
    let peers: Limits

    /// - Parameters:
    ///   - terms: The answer of the server, whoever it was.
    ///   - subject: The role of our side.
    init(_ terms: DeflateTerms, subject: Role) {
        let server = Limits(keepsContext: !terms.serverNoContextTakeover, windowBits: terms.serverWindowBits ?? 15)
        let client = Limits(keepsContext: !terms.clientNoContextTakeover, windowBits: terms.clientWindowBits ?? 15)
        (self.ours, self.peers) = subject == .server ? (server, client) : (client, server)
    }

    /// Performs the opening handshake.
    ///
    /// - Parameters:
    ///   - peer: Nothing was sent yet.
    ///   - demands: What our side is asked for; our client, configured with the first of them, must ask for the same.
    /// - Returns: What was agreed on.
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
        // RFC 7692 §7.1.1.1, §7.1.2.1: accepting an offer is accepting what it asks the server for.
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

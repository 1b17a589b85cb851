import WebSocketProtocol

/// The rules for the negotiation of permessage-deflate (RFC 7692 §7.1).
struct NegotiationChecks {
    private let own: PermessageDeflate
    private let peer: PermessageDeflate

    /// Takes two configurations from the input.
    init(from input: inout FuzzInput) {
        self.own = Self.configuration(from: &input)
        self.peer = Self.configuration(from: &input)
    }

    private static func configuration(from input: inout FuzzInput) -> PermessageDeflate {
        let choices = input.byte()
        let windows = input.byte()
        var configuration = PermessageDeflate()
        configuration.ownWindowBits = 9 + Int(windows & 7) % 7
        configuration.peerWindowBits = 9 + Int(windows >> 3 & 7) % 7
        configuration.ownContextTakeover = choices & 1 == 0
        configuration.peerContextTakeover = choices & 2 == 0
        configuration.offersClientWindowBits = choices & 4 == 0
        return configuration
    }

    /// Our client and our server agree, on the same parameters.
    func checkPair() {
        guard let (response, server) = self.own.accept([self.peer.offer.element]) else {
            fatalError("Our server declines what our client offers.")
        }
        do {
            let answer = try DeflateParameters(parsing: response, from: .server)
            require(Self.fits(answer, self.peer.offer), "\(answer) does not fit \(self.peer.offer).")
            let client = try self.peer.agree(on: response)
            self.check(sender: client.own, receiver: server.peer)
            self.check(sender: server.own, receiver: client.peer)
            require(client.peer.windowBits <= self.peer.peerWindowBits, "The server's window exceeds the offer.")
            require(client.own.windowBits <= self.peer.ownWindowBits, "Our window exceeds what is configured.")
        } catch {
            fatalError("Our client refuses what our server answers: \(error)")
        }
    }

    /// The receiver can read the messages of the sender.
    private func check(sender: NegotiatedDeflate.Direction, receiver: NegotiatedDeflate.Direction) {
        require(sender.windowBits <= receiver.windowBits, "\(sender.windowBits) bits for \(receiver.windowBits).")
        require(!sender.contextTakeover || receiver.contextTakeover, "Only the sender keeps its context.")
    }

    /// The answer of a server stays within the offer, and the client that made the offer accepts it.
    func checkServer(offers: [ExtensionHeader.Element]) {
        guard let (response, agreed) = self.own.accept(offers) else { return }
        let readable = offers.filter { $0.name == DeflateParameters.extensionName }.lazy
            .compactMap { try? DeflateParameters(parsing: $0, from: .client) }
        guard let answer = try? DeflateParameters(parsing: response, from: .server) else {
            fatalError("Our response breaks the RFC: \(response)")
        }
        require(answer.element == response, "The response is read back differently.")
        require(readable.contains { Self.fits(answer, $0) }, "\(answer) fits none of \(offers).")
        require((9...self.own.ownWindowBits).contains(agreed.own.windowBits), "Our window is out of range.")
        require((8...15).contains(agreed.peer.windowBits), "The client's window is out of range.")
        require(agreed.own.windowBits <= answer.serverMaxWindowBits ?? 15, "Our window exceeds the one in the answer.")
        require(agreed.own.contextTakeover == !answer.serverNoContextTakeover, "Our context differs from the answer.")
    }

    /// RFC 7692 §7.1.1.1 to §7.1.2.2.
    private static func fits(_ answer: DeflateParameters, _ offer: DeflateParameters) -> Bool {
        if offer.serverNoContextTakeover && !answer.serverNoContextTakeover { return false }
        if let limit = offer.serverMaxWindowBits, answer.serverMaxWindowBits ?? 16 > limit { return false }
        switch (offer.clientMaxWindowBits, answer.clientMaxWindowBits) {
        case (.absent, .limited), (_, .anySize): return false
        case (.limited(let most), .limited(let bits)): return bits <= most
        default: return true
        }
    }

    /// A client agrees only to parameters that it offered.
    func checkClient(response: ExtensionHeader.Element) {
        guard let agreed = try? self.own.agree(on: response) else { return }
        guard let answer = try? DeflateParameters(parsing: response, from: .server) else {
            fatalError("Our client agrees on what breaks the RFC: \(response)")
        }
        require(Self.fits(answer, self.own.offer), "\(response) is agreed on.")
        require((8...self.own.ownWindowBits).contains(agreed.own.windowBits), "Our window is out of range.")
        require(agreed.peer.windowBits <= self.own.peerWindowBits, "The server's window is larger than allowed.")
        require(self.own.peerContextTakeover || !agreed.peer.contextTakeover, "The server may keep its context.")
        require(self.own.ownContextTakeover || !agreed.own.contextTakeover, "We keep our context.")
    }
}

// The client's side.
extension PermessageDeflate {
    /// What a client offers.
    package var offer: DeflateParameters {
        var offer = DeflateParameters()
        offer.serverNoContextTakeover = !self.peerContextTakeover
        offer.clientNoContextTakeover = !self.ownContextTakeover
        if self.peerWindowBits < 15 { offer.serverMaxWindowBits = self.peerWindowBits }
        if self.offersClientWindowBits {
            offer.clientMaxWindowBits = self.ownWindowBits < 15 ? .limited(self.ownWindowBits) : .anySize
        }
        return offer
    }

    /// Decides whether the server's response fits ``offer``.
    ///
    /// - Parameter response: The extension as the server accepted it.
    /// - Returns: The terms that both sides agreed on.
    /// - Throws: ``HandshakeError/Code/invalidExtension``.
    package func agree(on response: ExtensionHeader.Element) throws(HandshakeError) -> NegotiatedDeflate {
        let response = try DeflateParameters(parsing: response, from: .server)
        let offer = self.offer
        // RFC 7692 §7.1.1.1 and §7.1.2.1: a server accepts these two parameters by repeating them.
        guard response.serverNoContextTakeover || !offer.serverNoContextTakeover else {
            throw Self.refused("does not agree to server_no_context_takeover")
        }
        if let limit = offer.serverMaxWindowBits {
            guard let bits = response.serverMaxWindowBits, bits <= limit else {
                throw Self.refused("does not agree to server_max_window_bits=\(limit)")
            }
        }
        var ownBits = self.ownWindowBits
        if case .limited(let bits) = response.clientMaxWindowBits {
            guard self.offersClientWindowBits else {
                throw Self.refused("sets client_max_window_bits, which was not offered")
            }
            guard bits <= ownBits else {
                throw Self.refused("sets client_max_window_bits=\(bits), and at most \(ownBits) was offered")
            }
            ownBits = bits
        }
        return NegotiatedDeflate(
            own: .init(
                windowBits: ownBits,
                contextTakeover: self.ownContextTakeover && !response.clientNoContextTakeover
            ),
            peer: .init(
                windowBits: response.serverMaxWindowBits ?? 15,
                contextTakeover: !response.serverNoContextTakeover
            )
        )
    }

    private static func refused(_ what: String) -> HandshakeError {
        HandshakeError(.invalidExtension, "The server \(what) in its permessage-deflate response.")
    }
}

// The server's side.
extension PermessageDeflate {
    /// Accepts the first offer that this configuration can meet.
    ///
    /// An offer is declined if it breaks the RFC (§7.1), or if it asks our compressor for a window of 8 bits, which
    /// zlib does not have. Then the next offer is examined. If no offer is left, messages are not compressed.
    ///
    /// - Parameter offers: All extensions that the client offers.
    /// - Returns: The response and the terms that it agrees to, or nil.
    package func accept(
        _ offers: [ExtensionHeader.Element]
    ) -> (response: ExtensionHeader.Element, agreed: NegotiatedDeflate)? {
        for offer in offers where offer.name == DeflateParameters.extensionName {
            guard let parameters = try? DeflateParameters(parsing: offer, from: .client) else { continue }
            guard let (response, agreed) = self.accept(parameters) else { continue }
            return (response.element, agreed)
        }
        return nil
    }

    private func accept(_ offer: DeflateParameters) -> (DeflateParameters, NegotiatedDeflate)? {
        let ownBits = min(self.ownWindowBits, offer.serverMaxWindowBits ?? 15)
        guard ownBits >= 9 else { return nil }
        var response = DeflateParameters()
        response.serverNoContextTakeover = !self.ownContextTakeover || offer.serverNoContextTakeover
        response.clientNoContextTakeover = !self.peerContextTakeover || offer.clientNoContextTakeover
        if offer.serverMaxWindowBits != nil || ownBits < 15 { response.serverMaxWindowBits = ownBits }
        let peerBits =
            switch offer.clientMaxWindowBits {
            case .absent: 15
            case .anySize: self.peerWindowBits
            case .limited(let bits): min(bits, self.peerWindowBits)
            }
        if peerBits < 15 { response.clientMaxWindowBits = .limited(peerBits) }
        let agreed = NegotiatedDeflate(
            own: .init(windowBits: ownBits, contextTakeover: !response.serverNoContextTakeover),
            peer: .init(windowBits: peerBits, contextTakeover: !response.clientNoContextTakeover)
        )
        return (response, agreed)
    }
}

/// What a server accepts in an opening handshake, and which fields it adds to its answer.
public struct ServerHandshakePolicy: Sendable, Hashable {
    /// Which origins may connect.
    ///
    /// Default: ``OriginPolicy/sameHost``.
    public var origin: OriginPolicy = .sameHost

    /// The subprotocols of the server, in its order of preference; unique tokens.
    ///
    /// The server selects the first one that the client offers. If there is none, the WebSocket opens without a
    /// subprotocol.
    ///
    /// Default: empty.
    public var subprotocols: [String] = []

    /// Fields to add to the 101 response, such as `Server`; the fields of the handshake are not allowed.
    ///
    /// Default: empty.
    public var fields: HTTPFields = [:]

    /// Creates the default policy; then change single properties.
    public init() {}

    /// Checks the policy once, when a handshake is created from it.
    ///
    /// - Throws: ``HandshakeError/Code/invalidOffer`` or ``HandshakeError/Code/invalidField``.
    func validate() throws(HandshakeError) {
        try Subprotocols.validate(self.subprotocols, orThrow: .invalidOffer)
        try self.fields.validate()
        for field in self.fields {
            try HandshakeFieldNames.checkNotReserved(field.name)
        }
    }
}

/// What a server accepts in an opening handshake, and what it adds to its answer.
public struct ServerHandshakePolicy: Sendable, Hashable {
    /// Which origins may connect.
    ///
    /// Default: ``OriginPolicy/sameHost``.
    public var origin: OriginPolicy = .sameHost

    /// The subprotocols the server speaks, in its order of preference; unique tokens.
    ///
    /// The first one that the client offers is selected. If none is, the WebSocket opens without a subprotocol.
    ///
    /// Default: empty.
    public var subprotocols: [String] = []

    /// Fields to add to the 101 response, such as `Server`; none that belongs to the handshake.
    ///
    /// Default: empty.
    public var fields: HTTPFields = [:]

    /// Creates the default policy; change single properties from there.
    public init() {}

    /// Checks the policy once, where a handshake is created from it.
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

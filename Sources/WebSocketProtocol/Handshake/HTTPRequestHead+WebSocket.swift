extension HTTPRequestHead {
    /// Whether the client asks for a WebSocket; the request may still be invalid.
    package var asksForWebSocket: Bool { self.fields.listContains("websocket", for: "Upgrade") }

    /// The subprotocols that the client offers, in its order of preference (RFC 6455 §4.1).
    ///
    /// Empty if the field breaks the RFC; the handshake is then refused.
    public var offeredSubprotocols: [String] { (try? Subprotocols.offered(in: self.fields)) ?? [] }
}

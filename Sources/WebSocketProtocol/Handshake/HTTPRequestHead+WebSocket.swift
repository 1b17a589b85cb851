extension HTTPRequestHead {
    /// Whether the client asks for a WebSocket, rightly or not.
    package var asksForWebSocket: Bool { self.fields.listContains("websocket", for: "Upgrade") }

    /// The subprotocols that the client offers, preferred first (RFC 6455 §4.1); none when they break the RFC, as the
    /// handshake is then refused.
    public var offeredSubprotocols: [String] { (try? Subprotocols.offered(in: self.fields)) ?? [] }
}

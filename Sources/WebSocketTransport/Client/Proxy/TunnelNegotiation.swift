import NIOCore

/// What is said to a proxy until it has connected us: bytes in, bytes out, no socket.
protocol TunnelNegotiation: Sendable {
    /// Whether the tunnel stands: what follows is the server's.
    var isEstablished: Bool { get }

    /// What to say first.
    func begin() -> [UInt8]

    /// Reads what the proxy said.
    ///
    /// - Parameter bytes: All that was not read yet; what belongs to the negotiation is taken from it.
    /// - Returns: What to say next; may be empty.
    /// - Throws: ``WebSocketError`` with `proxyRefused` or `proxyFailed`.
    mutating func receive(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8]
}

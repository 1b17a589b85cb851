import NIOCore

/// The conversation with a proxy until the tunnel is open: bytes in, bytes out, no socket.
protocol TunnelNegotiation: Sendable {
    /// Whether the tunnel is open; all later bytes come from the server.
    var isEstablished: Bool { get }

    /// The first bytes to send.
    func begin() -> [UInt8]

    /// Reads an answer of the proxy.
    ///
    /// - Parameter bytes: The unread bytes; the bytes of the negotiation are removed from them.
    /// - Returns: The next bytes to send; may be empty.
    /// - Throws: ``WebSocketError`` with `proxyRefused` or `proxyFailed`.
    mutating func receive(_ bytes: inout ByteBuffer) throws(WebSocketError) -> [UInt8]
}

public import WebSocketProtocol

/// Options for one request; they begin with the values of the server's configuration.
///
/// ```swift
/// let connection = try await request.accept { options in
///     options.policy.subprotocols = ["chat.v2"]
///     options.compression = nil
/// }
/// ```
public struct AcceptOptions: Sendable, Hashable {
    /// Which origins and subprotocols are accepted, and the fields to add to the 101 response.
    public var policy: ServerHandshakePolicy
    /// How messages are compressed, if the client offers it (RFC 7692); nil means no compression.
    public var compression: PermessageDeflate?
    /// How the connection behaves.
    public var connection: ConnectionConfiguration

    init(_ configuration: WebSocketServerConfiguration) {
        self.policy = configuration.policy
        self.compression = configuration.compression
        self.connection = configuration.connection
    }

    /// Checks all values.
    ///
    /// - Returns: The handshake with these rules.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`.
    func handshake() throws(WebSocketError) -> ServerHandshake {
        try self.connection.validate()
        do throws(HandshakeError) {
            try self.compression?.validate()
            return try ServerHandshake(policy: self.policy)
        } catch {
            throw WebSocketError(.invalidConfiguration, error.message, cause: error)
        }
    }
}

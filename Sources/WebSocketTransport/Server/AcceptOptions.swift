public import WebSocketProtocol

/// How one request is accepted; begins as what the server's configuration says.
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
    /// How messages are compressed, if the client offers it (RFC 7692); nil agrees to no compression.
    public var compression: PermessageDeflate?
    /// How the open connection behaves.
    public var connection: ConnectionConfiguration

    init(_ configuration: WebSocketServerConfiguration) {
        self.policy = configuration.policy
        self.compression = configuration.compression
        self.connection = configuration.connection
    }

    /// Checks all values.
    ///
    /// - Returns: The handshake by these rules.
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

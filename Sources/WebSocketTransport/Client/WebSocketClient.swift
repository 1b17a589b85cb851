public import WebSocketProtocol

/// Opens connections.
public enum WebSocketClient {
    /// Connects to a server and performs the opening handshake (RFC 6455 §4.1).
    ///
    /// Addresses are tried by happy eyeballs (RFC 8305). When the call throws, all its sockets are closed and it opens
    /// no more. The system's resolver may still look for a host name, because it can't be interrupted; its answer is
    /// ignored.
    ///
    /// If the task is cancelled, the attempt is cancelled.
    ///
    /// - Parameters:
    ///   - url: The URL: `ws://`, `wss://` or `ws+unix:`.
    ///   - configuration: How to connect, and how the connection behaves.
    /// - Returns: The open connection. Close it; if you drop the last reference to it, it is aborted.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`, `connectFailed`, `connectTimedOut`, `handshakeFailed`
    ///   or `upgradeRefused`; with `wss://` also `tlsUntrusted`, `tlsExpired`, `tlsWrongHost` or `tlsFailed`; with a
    ///   proxy `proxyRefused` or `proxyFailed`; with redirects `redirectRefused` or `tooManyRedirects`;
    ///   `CancellationError`.
    public static func connect(
        to url: WebSocketURL,
        configuration: WebSocketClientConfiguration = WebSocketClientConfiguration()
    ) async throws -> WebSocketConnection {
        try await self.prepare(url, configuration: configuration).connect()
    }

    /// Checks all values and prepares the request; it does not connect.
    ///
    /// - Parameters:
    ///   - url: The URL: `ws://`, `wss://` or `ws+unix:`.
    ///   - configuration: How to connect, and how the connection behaves.
    /// - Returns: An attempt that can be cancelled from anywhere.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`.
    package static func prepare(
        _ url: WebSocketURL,
        configuration: WebSocketClientConfiguration
    ) throws(WebSocketError) -> PendingWebSocket {
        try configuration.validate()
        if let path = url.socketPath { try UnixSocket.validate(path) }
        let opening = try self.opening(url, configuration, followsRedirects: configuration.maximumRedirects > 0)
        return PendingWebSocket(url: url, configuration: configuration, opening: opening)
    }

    /// Connects, runs `body` with the connection, and closes it before returning.
    ///
    /// The connection is closed with 1000 when `body` returns and with 1001 when it throws. The call waits for the
    /// close, which is bounded in time, also when the task is cancelled.
    ///
    /// - Parameters:
    ///   - url: The URL to connect to.
    ///   - configuration: How to connect, and how the connection behaves.
    ///   - body: Uses the connection; the connection must not escape.
    /// - Returns: The value of `body`.
    /// - Throws: As ``connect(to:configuration:)``; otherwise the error of `body`, unchanged.
    public static func withConnection<Value>(
        to url: WebSocketURL,
        configuration: WebSocketClientConfiguration = WebSocketClientConfiguration(),
        _ body: (WebSocketConnection) async throws -> Value
    ) async throws -> Value {
        let connection = try await self.connect(to: url, configuration: configuration)
        do {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close(.goingAway)
            throw error
        }
    }

    /// Prepares the request.
    ///
    /// - Parameters:
    ///   - url: The URL to connect to.
    ///   - configuration: How to connect.
    ///   - followsRedirects: Whether a redirect in the answer will be followed.
    /// - Returns: The request, and the reader for the response.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`.
    static func opening(
        _ url: WebSocketURL,
        _ configuration: WebSocketClientConfiguration,
        followsRedirects: Bool
    ) throws(WebSocketError) -> DialOpening {
        var generator = SystemRandomNumberGenerator()
        // Two numbers are enough for 16 bytes. Each number costs one system call, whatever its size.
        let (first, second): (UInt64, UInt64) = (generator.next(), generator.next())
        let nonce = InlineArray<16, UInt8> { index in
            UInt8(truncatingIfNeeded: (index < 8 ? first : second) &>> UInt64(index % 8 * 8))
        }
        var request = ClientHandshakeRequest(url: url, key: SecWebSocketKey(randomBytes: nonce))
        request.origin = configuration.origin
        request.subprotocols = configuration.subprotocols
        request.fields = configuration.sentFields
        request.extensions = configuration.compression.map { [$0.offer.element] } ?? []
        do throws(HandshakeError) {
            try configuration.compression?.validate()
            let handshake = try ClientHandshake(request)
            return DialOpening(
                request: handshake.request.serialize(),
                reader: try ClientHandshakeReader(
                    for: handshake,
                    limits: configuration.handshakeLimits,
                    ignoresBody: { followsRedirects && Redirect.leadsElsewhere($0) }
                ),
                compression: configuration.compression
            )
        } catch {
            throw WebSocketError(.invalidConfiguration, "Nothing was sent: \(error.message)", cause: error)
        }
    }
}

import ConcurrencyPrimitives
package import NIOCore
package import WebSocketProtocol

/// An attempt to connect a channel, started or not: socket, tunnel through a proxy and TLS, without a WebSocket.
///
/// For other protocols that talk to the same server: they get the same dial, with the same checks of the certificate,
/// the same errors and the same cancellation.
package final class PendingChannel: Sendable {
    private let dial: Dial<any Channel>
    private let prepare: @Sendable (any Channel) throws -> Void

    init(
        url: WebSocketURL,
        configuration: WebSocketClientConfiguration,
        prepare: @escaping @Sendable (any Channel) throws -> Void
    ) {
        self.dial = Dial(url: url, configuration: configuration)
        self.prepare = prepare
    }

    /// Connects; called once.
    ///
    /// - Returns: The channel, which is connected and, for `wss`, secured. The caller closes it.
    /// - Throws: ``WebSocketError`` with `connectFailed`, `connectTimedOut`, `proxyRefused`, `proxyFailed` or a code of
    ///   TLS; `CancellationError`. Then every channel of the attempt is closed.
    package func connect() async throws -> any Channel {
        let prepare = self.prepare
        return try await self.dial.connect { channel, result in
            try prepare(channel)
            result.resolve(.success(channel))
        }
    }

    /// Makes ``connect()`` throw `CancellationError` soon, also if it is called later.
    package func cancel() { self.dial.cancel() }
}

extension WebSocketClient {
    /// Checks all values; it does not connect.
    ///
    /// - Parameters:
    ///   - url: The address; its path is not used.
    ///   - configuration: How to connect. Fields, subprotocols, compression and redirects are not used.
    ///   - prepare: Adds the handlers of the protocol, on the event loop, before the first bytes are read.
    /// - Returns: An attempt that can be cancelled from anywhere.
    /// - Throws: ``WebSocketError`` with `invalidConfiguration`.
    package static func prepareChannel(
        _ url: WebSocketURL,
        configuration: WebSocketClientConfiguration,
        prepare: @escaping @Sendable (any Channel) throws -> Void
    ) throws(WebSocketError) -> PendingChannel {
        try configuration.validate()
        if let path = url.socketPath { try UnixSocket.validate(path) }
        return PendingChannel(url: url, configuration: configuration, prepare: prepare)
    }
}

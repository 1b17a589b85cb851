package import WebSocketProtocol
package import WebSocketTransport

/// Connects our client to a port of this machine.
package func connectClient(
    to port: Int,
    _ configuration: ConnectionConfiguration = .test,
    _ change: (inout WebSocketClientConfiguration) -> Void = { _ in }
) async throws -> WebSocketConnection {
    var client = WebSocketClientConfiguration()
    client.connection = configuration
    change(&client)
    return try await WebSocketClient.connect(to: .local(port), configuration: client)
}

extension WebSocketURL {
    /// An address on this machine.
    package static func local(_ port: Int, path: String = "/") throws -> WebSocketURL {
        try WebSocketURL(host: "127.0.0.1", port: port, path: path)
    }
}

extension ConnectionConfiguration {
    /// The default configuration with times for a test: no keepalive, and no long wait until a peer ends TCP.
    package static var test: ConnectionConfiguration {
        var configuration = ConnectionConfiguration()
        configuration.keepalive = nil
        configuration.closing.timeout = .seconds(10)
        configuration.closing.linger = .milliseconds(20)
        configuration.sendQueue.timeout = .seconds(10)
        return configuration
    }

    package func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

extension WebSocketConnection {
    /// Receives until the connection ends or `count` messages have arrived.
    package func texts(_ count: Int = .max) async throws -> [String] {
        var texts: [String] = []
        guard count > 0 else { return texts }
        for try await message in self.messages {
            texts.append(message.text ?? "")
            if texts.count == count { break }
        }
        return texts
    }
}

import NIOCore
import NIOPosix

/// The socket that a server listens on: a port, or a Unix domain socket, whose file SwiftNIO removes at the end.
struct ServerListener: Sendable {
    private let channel: any Channel

    /// The port, or 0 for a Unix domain socket.
    var port: Int { self.channel.localAddress?.port ?? 0 }

    /// - Throws: ``WebSocketError`` with `listenFailed`.
    static func bind(
        _ bootstrap: ServerBootstrap,
        _ configuration: WebSocketServerConfiguration
    ) async throws(WebSocketError) -> Self {
        if let path = configuration.socketPath {
            return try await self.bind(bootstrap, path, group: configuration.group)
        }
        do {
            let channel = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            return Self(channel: channel)
        } catch {
            let address = "\(configuration.host):\(configuration.port)"
            throw WebSocketError(listeningOn: address, error)
        }
    }

    private static func bind(
        _ bootstrap: ServerBootstrap,
        _ path: String,
        group: any EventLoopGroup
    ) async throws(WebSocketError) -> Self {
        // A process that did not clean up leaves its socket. The socket of a running process is never removed.
        if let left = UnixSocket.file(at: path), await !UnixSocket.isListening(at: path, group: group) {
            UnixSocket.remove(left, at: path)
        }
        do {
            return Self(channel: try await bootstrap.bind(unixDomainSocketPath: path).get())
        } catch {
            throw WebSocketError(listeningOn: "the socket \(path)", error)
        }
    }

    /// Stops listening; a second call has no effect.
    func close() async { try? await self.channel.close() }
}

extension WebSocketServerConfiguration {
    /// The event loops to use.
    var group: any EventLoopGroup { self.eventLoopGroup ?? MultiThreadedEventLoopGroup.singleton }
}

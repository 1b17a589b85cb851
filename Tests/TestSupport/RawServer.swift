import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Listens on a free port of this machine and accepts connections as raw ends.
package final class RawServer: Sendable {
    private final class Accepted: Sendable { let peers = NIOLockedValueBox<[RawPeer]>([]) }

    private let listener: any Channel
    private let accepted: Accepted

    private init(_ listener: any Channel, _ accepted: Accepted) {
        (self.listener, self.accepted) = (listener, accepted)
    }

    /// The port on 127.0.0.1.
    package var port: Int { self.listener.localAddress?.port ?? 0 }

    /// The connections accepted so far, also those that have ended.
    package var peers: [RawPeer] { self.accepted.peers.withLockedValue { $0 } }

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - receiveBufferBytes: The size of the system's receive buffer of each connection, or nil for the default. With
    ///     a small one, a peer that does not read blocks the sender sooner.
    ///   - greeting: Bytes that are sent on every connection at once.
    ///   - socketPath: The path of a Unix socket to listen on, instead of a port.
    /// - Returns: The server; close it.
    /// - Throws: An error of SwiftNIO.
    package static func start(
        receiveBufferBytes: Int? = nil,
        greeting: [UInt8] = [],
        socketPath: String? = nil
    ) async throws -> RawServer {
        let accepted = Accepted()
        var bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let peer = try RawPeer.adopt(channel, greeting: greeting)
                    accepted.peers.withLockedValue { $0.append(peer) }
                }
            }
        if let receiveBufferBytes {
            let size = SocketOptionValue(receiveBufferBytes)
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: size)
        }
        if let socketPath {
            return RawServer(try await bootstrap.bind(unixDomainSocketPath: socketPath).get(), accepted)
        }
        return RawServer(try await bootstrap.bind(host: "127.0.0.1", port: 0).get(), accepted)
    }

    /// Waits for a connection.
    ///
    /// - Parameter index: The number of the connection, in the order of acceptance.
    /// - Returns: Our end of it.
    /// - Throws: ``TimeLimitExceeded``.
    package func peer(_ index: Int = 0) async throws -> RawPeer {
        try await eventually("connection \(index)") { self.peers.count > index }
        return self.peers[index]
    }

    /// Stops listening and ends all connections.
    package func close() async {
        try? await self.listener.close()
        for peer in self.peers { await peer.close() }
    }
}

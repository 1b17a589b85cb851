public import BenchSupport
public import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Connects with NIOWebSocket, as SwiftNIO's own example does.
public enum Upgrade {
    /// Enough for the largest messages of the benchmark; the default is 16 KiB.
    private static let maximumFrameBytes = 1 << 24

    /// Connects and performs the opening handshake.
    ///
    /// - Parameters:
    ///   - scenario: The URL; compressed kinds of messages are not supported, because NIOWebSocket has no
    ///     permessage-deflate.
    ///   - upgraded: Sets up the channel after the frame decoder, on its event loop.
    /// - Returns: The result of `upgraded`.
    /// - Throws: ``BenchFailure``, and errors of the connection.
    public static func connect<Output: Sendable>(
        _ scenario: Scenario,
        upgraded: @escaping @Sendable (any Channel) throws -> Output
    ) async throws -> Output {
        let (host, port, path) = try scenario.target()
        guard !path.contains("takeover") else { throw BenchFailure.unsupported }
        let result = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
                        configuration: Self.configuration(host: "\(host):\(port)", path: path, upgraded: upgraded)
                    )
                }
            }
        guard let output = try await result.get() else { throw BenchFailure("the server refused \(path)") }
        return output
    }

    private static func configuration<Output: Sendable>(
        host: String,
        path: String,
        upgraded: @escaping @Sendable (any Channel) throws -> Output
    ) -> NIOUpgradableHTTPClientPipelineConfiguration<Output?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Output?>(maxFrameSize: Self.maximumFrameBytes) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try upgraded(channel) }
        }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: .GET,
            uri: path,
            headers: ["Host": host, "Content-Length": "0"]
        )
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration<Output?>(
            upgradeRequestHead: head,
            upgraders: [upgrader],
            notUpgradingCompletionHandler: { $0.eventLoop.makeSucceededFuture(nil) }
        )
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // Frames may follow the response directly; by default they are dropped.
        configuration.leftOverBytesStrategy = .forwardBytes
        return configuration
    }
}

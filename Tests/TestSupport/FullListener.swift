import NIOCore
import NIOPosix

/// A port of this machine that accepts no connection: its queue is full, and no code accepts.
package final class FullListener: Sendable {
    private let listener: any Channel
    private let pending: [any Channel]

    /// The port on 127.0.0.1.
    package var port: Int { self.listener.localAddress?.port ?? 0 }

    private init(_ listener: any Channel, pending: [any Channel]) {
        (self.listener, self.pending) = (listener, pending)
    }

    /// Starts to listen and fills the queue.
    ///
    /// - Returns: The listener; close it.
    /// - Throws: An error of SwiftNIO.
    package static func start() async throws -> FullListener {
        let group = MultiThreadedEventLoopGroup.singleton
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        let client = ClientBootstrap(group: group).connectTimeout(.milliseconds(50))
        var pending: [any Channel] = []
        while let connection = try? await client.connect(host: "127.0.0.1", port: port).get() {
            pending.append(connection)
        }
        return FullListener(listener, pending: pending)
    }

    /// Stops listening and closes the connections in the queue.
    package func close() async {
        try? await self.listener.close()
        for connection in self.pending { try? await connection.close() }
    }
}

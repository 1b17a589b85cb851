import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol
import WebSocketTransport

/// A server that accepts one connection, sends one event, and then reads nothing any more: it answers no Close frame.
struct DeafServer: Sendable {
    /// Where it listens, as an URL without a path.
    let url: String
    private let isDeaf: Promise<Void>

    /// Waits until a connection is open and nothing is read from it.
    func waitUntilDeaf() async { await self.isDeaf.wait() }

    /// Runs a server for the time of `body`.
    static func with(_ body: (DeafServer) async throws -> Void) async throws {
        let server = try await WebSocketServer.bind()
        let isDeaf = Promise<Void>()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            // What a client has shown, it has opened the stream for.
            try? await connection.send(text: #"{"type":"pong","timestamp":1}"#)
            connection.pauseReading()
            // Behind the pause, on the same event loop.
            _ = try? await connection.eventLoop.submit { isDeaf.resolve(()) }.get()
            _ = try? await connection.waitUntilClosed()
        }
        do {
            try await body(DeafServer(url: "ws://127.0.0.1:\(server.port)", isDeaf: isDeaf))
        } catch {
            await server.shutDown()
            throw error
        }
        await server.shutDown()
        await running
    }
}

import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol
import WebSocketTransport

/// A server that accepts one connection, sends one event, and then reads nothing; it answers no Close frame.
struct DeafServer: Sendable {
    /// The URL without a path.
    let url: String
    private let isDeaf: Promise<Void>

    /// Waits until a connection is open and nothing is read from it.
    func waitUntilDeaf() async { await self.isDeaf.wait() }

    /// Runs a server while `body` runs.
    static func with(_ body: (DeafServer) async throws -> Void) async throws {
        let server = try await WebSocketServer.bind()
        let isDeaf = Promise<Void>()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            // A client that has shown this event has opened the stream.
            try? await connection.send(text: #"{"type":"pong","timestamp":1}"#)
            connection.pauseReading()
            // On the same event loop, this runs after the pause.
            _ = try? await connection.eventLoop.submit { isDeaf.resolve(()) }.get()
            _ = try? await connection.waitUntilClosed()
        }
        do {
            try await body(DeafServer(url: "ws://127.0.0.1:\(server.port)", isDeaf: isDeaf))
        } catch {
            await server.close()
            throw error
        }
        await server.close()
        await running
    }
}

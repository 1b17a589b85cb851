import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WebSocketProtocol
import WebSocketTransport

/// A server with random behaviour: it keeps its sockets open, closes or ends them, stops reading, refuses, or hangs up.
final class StormServer: ScopedServer {
    private let server: WebSocketServer
    private let random: Locked<SplitMix64>
    private let connections = Locked<[WebSocketConnection]>([])

    fileprivate init(_ server: WebSocketServer, seed: UInt64) {
        self.server = server
        self.random = Locked(SplitMix64(seed: seed))
    }

    var connectionCount: Int { self.server.connectionCount }

    var endpoint: RuntimeEndpoint {
        get throws { try RuntimeEndpoint("ws://127.0.0.1:\(self.server.port)") }
    }

    /// Closes every connection by the closing handshake.
    func closeAll() async {
        for connection in self.takeAll() { await connection.close(.goingAway) }
    }

    /// Ends every connection without a handshake.
    func cutAll() {
        for connection in self.takeAll() { connection.abort() }
    }

    private func takeAll() -> [WebSocketConnection] {
        self.connections.withLock { connections in
            defer { connections = [] }
            return connections
        }
    }

    func run() async {
        await self.server.run { request in
            switch self.random.withLock({ $0.next() % 16 }) {
            case 0: try? request.respond(status: 503)
            case 1: request.abort()
            case let mood:
                guard let connection = try? await request.accept() else { return }
                await self.serve(connection, mood: mood)
            }
        }
    }

    private func serve(_ connection: WebSocketConnection, mood: UInt64) async {
        self.connections.withLock { $0.append(connection) }
        for timestamp in 0..<(1 + mood * 4) {
            try? await connection.send(text: #"{"type":"shell_output","timestamp":\#(timestamp),"data":"x"}"#)
        }
        switch mood {
        case 2: await connection.close(.goingAway)
        case 3: connection.abort()
        case 4: connection.pauseReading()
        default: break
        }
        _ = try? await connection.waitUntilClosed()
    }

    func stop() async {
        self.cutAll()
        await self.server.close()
    }
}

/// Runs such a server while `body` runs.
func withStormServer(seed: UInt64, _ body: (StormServer) async throws -> Void) async throws {
    var configuration = WebSocketServerConfiguration()
    configuration.connection.closing.timeout = .milliseconds(200)
    let server = StormServer(try await WebSocketServer.bind(configuration), seed: seed)
    try await server.whileRunning { try await body(server) }
}

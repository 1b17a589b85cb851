import TestSupport
import WebSocketProtocol
import WebSocketTransport

/// The side under test: our client or our server, which sends every message back.
struct Subject: Sendable {
    /// The time limit of one case; then our side aborts the connection and the case fails.
    ///
    /// In a full run, 1,000 messages of 128 KiB are echoed in this time, also on a busy machine.
    static let timeLimit: Duration = Extent.isFull ? .seconds(180) : .seconds(20)

    let role: Role
    /// The demand that our side's compression makes, or nil to switch compression off.
    var demand: DeflateCase.Demand?

    /// Runs a peer against our side, connected, but before the opening handshake.
    ///
    /// - Parameter body: Plays the peer; it begins with the opening handshake.
    /// - Returns: The value of `body` and how our side reports the end; nil if the connection was never open.
    func run<Value: Sendable>(
        _ body: (PeerConnection) async throws -> Value
    ) async throws -> (value: Value, end: Transcript.ReportedEnd?) {
        switch self.role {
        case .client: try await self.runClient(body)
        case .server: try await self.runServer(body)
        }
    }

    private func runClient<Value: Sendable>(
        _ body: (PeerConnection) async throws -> Value
    ) async throws -> (value: Value, end: Transcript.ReportedEnd?) {
        let listener = try await RawServer.start()
        var configuration = WebSocketClientConfiguration()
        configuration.connection = Self.connectionConfiguration
        configuration.compression = self.compression
        let url = try WebSocketURL(host: "127.0.0.1", port: listener.port, path: "/")
        let (client, port) = (configuration, url)
        async let closure = Self.echo(on: WebSocketClient.connect(to: port, configuration: client))
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(PeerConnection(try await listener.peer(), subject: .client)))
        } catch {
            result = .failure(error)
        }
        await listener.close()
        let end = try? await closure
        return (try result.get(), end)
    }

    private func runServer<Value: Sendable>(
        _ body: (PeerConnection) async throws -> Value
    ) async throws -> (value: Value, end: Transcript.ReportedEnd?) {
        var configuration = WebSocketServerConfiguration()
        configuration.connection = Self.connectionConfiguration
        configuration.compression = self.compression
        let server = try await WebSocketServer.bind(configuration)
        let ends = Recorder<Transcript.ReportedEnd>()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            ends.append(await Self.echo(on: connection))
        }
        let result: Result<Value, any Error>
        do {
            let raw = try await RawPeer.connect(to: server.port)
            do {
                result = .success(try await body(PeerConnection(raw, subject: .server)))
            } catch {
                result = .failure(error)
            }
            await raw.close()
        } catch {
            result = .failure(error)
        }
        await server.close()
        await running
        return (try result.get(), ends.values.first)
    }

    /// The compression of our side: a client requires the demand; a server gets it from the peer.
    private var compression: PermessageDeflate? {
        guard let demand = self.demand else { return nil }
        var compression = PermessageDeflate()
        compression.threshold = 0
        guard self.role == .client else { return compression }
        compression.peerContextTakeover = !demand.noContextTakeover
        compression.peerWindowBits = demand.windowBits ?? 15
        return compression
    }

    private static var connectionConfiguration: ConnectionConfiguration {
        var configuration = ConnectionConfiguration()
        configuration.keepalive = nil
        configuration.closing.linger = .milliseconds(500)
        return configuration
    }

    private static func echo(on connection: WebSocketConnection) async -> Transcript.ReportedEnd {
        connection.abort(after: Self.timeLimit)
        do {
            for try await message in connection.messages { try await connection.send(message) }
        } catch {
            // The closure of the connection reports how it ended.
        }
        let closure = await connection.waitUntilClosedUncancelled()
        return Transcript.ReportedEnd(
            isClean: closure.isClean,
            isByPeer: closure.initiator == .remote,
            sentCode: closure.sent?.code?.rawValue,
            receivedCode: closure.received?.code?.rawValue
        )
    }
}

import MockAgentServer
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// A client of the workspace stream that reads events.
struct StreamClient {
    let connection: WebSocketConnection

    func send(_ command: WorkspaceCommand) async throws {
        let bytes = WorkspaceEventEncoder().encode(command, timestamp: 1)
        try await self.connection.send(text: String(decoding: bytes, as: UTF8.self))
    }

    /// The next events; fewer if the connection ends first.
    func events(_ count: Int) async throws -> [WorkspaceEvent] {
        try await self.texts(count).map { WorkspaceEventDecoder().decode(Array($0.utf8)) }
    }

    /// The next messages; fewer if the connection ends first.
    func texts(_ count: Int) async throws -> [String] {
        var texts: [String] = []
        guard count > 0 else { return texts }
        for try await message in self.connection.messages {
            texts.append(message.text ?? "")
            guard texts.count < count else { break }
        }
        return texts
    }

    /// What is left until the connection ends, and how it ended.
    func rest() async -> (events: [WorkspaceEvent], closure: WebSocketClosure) {
        var events: [WorkspaceEvent] = []
        do {
            while let event = try await self.events(1).first { events.append(event) }
        } catch {
            // The closure says it, too.
        }
        return (events, await self.connection.close())
    }
}

/// Runs `body` with a mock server and a client of its stream.
func withStream(
    _ steps: [ScenarioStep] = [],
    configuration: MockServerConfiguration = MockServerConfiguration(),
    client: ConnectionConfiguration = ConnectionConfiguration(),
    _ body: (MockServer, StreamClient) async throws -> Void
) async throws {
    var configuration = configuration
    if !steps.isEmpty { configuration.scenario = Scenario(steps) }
    try await withMockServer(configuration) { server in
        var clientConfiguration = WebSocketClientConfiguration()
        clientConfiguration.connection = client
        try await WebSocketClient.withConnection(to: server.streamURL, configuration: clientConfiguration) {
            try await body(server, StreamClient(connection: $0))
        }
    }
}

/// The answer to an upgrade that the server does not accept.
func refusal(
    of path: String = AgentctlAPI.workspaceStreamPath,
    on server: MockServer,
    fields: HTTPFields = [:]
) async throws -> UpgradeRefusal? {
    var configuration = WebSocketClientConfiguration()
    configuration.fields = fields
    do {
        let url = try WebSocketURL(server.url + path)
        try await WebSocketClient.withConnection(to: url, configuration: configuration) { _ in }
        return nil
    } catch let error as WebSocketError {
        guard let refusal = error.refusal else { throw error }
        return refusal
    }
}

extension UpgradeRefusal {
    var text: String { String(decoding: self.body, as: UTF8.self) }
}

extension WorkspaceEvent {
    static func shell(_ text: String) -> WorkspaceEvent { WorkspaceEvent(.shellOutput(text), timestamp: 7) }
}

import AgentRuntime
import TestSupport

/// A client with a scripted transport, with or without an open stream.
struct ClientFixture {
    let transport = ScriptedTransport()
    let timers = ManualTimers()
    let client: AgentRuntimeClient

    init(_ change: (inout AgentRuntimeConfiguration) -> Void = { _ in }) throws {
        var configuration = AgentRuntimeConfiguration()
        change(&configuration)
        self.client = AgentRuntimeClient(
            endpoint: try RuntimeEndpoint("ws://127.0.0.1:1"),
            configuration: configuration,
            transport: self.transport,
            timers: self.timers
        )
    }

    /// Waits until the client has begun its dial number `index`.
    func dial(_ index: Int = 0) async throws -> ScriptedDial {
        try await eventually("dial \(index)") {
            self.transport.dials.count > index && self.transport.dials[index].isStarted
        }
        return self.transport.dials[index]
    }

    /// Opens a stream with a dial that succeeds.
    func open() async throws -> (stream: WorkspaceStream, connection: ScriptedConnection) {
        let index = self.transport.dials.count
        async let stream = self.client.openWorkspaceStream()
        let connection = try await self.dial(index).succeed()
        return (try await stream, connection)
    }
}

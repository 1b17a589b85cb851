import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import WebSocketTransport

@testable import wsstream

/// A session with a mock server, and its output.
struct TailSetup {
    let client: AgentRuntimeClient
    let sink: CollectingSink
    var session: TailSession

    /// - Parameters:
    ///   - url: The URL to connect to.
    ///   - token: The token to send.
    ///   - instanceID: The expected instance.
    ///   - renderer: The renderer of events.
    ///   - sink: The destination of the output.
    /// - Throws: `AgentRuntimeError` for an invalid URL.
    init(
        _ url: String,
        token: String? = nil,
        instanceID: String? = nil,
        renderer: EventRenderer? = .json(JSONRenderer()),
        sink: CollectingSink = CollectingSink()
    ) throws {
        let endpoint = try RuntimeEndpoint(url, token: token, instanceID: instanceID)
        let messages = renderer?.needsMessages == true ? ReceivedMessages() : nil
        self.client = try AgentRuntimeClient(endpoint, AgentRuntimeConfiguration(), messages: messages)
        self.sink = sink
        self.session = TailSession(client: self.client, sink: sink)
        (self.session.renderer, self.session.messages) = (renderer, messages)
    }

    /// Runs the session to its end; nobody stops it unless told to.
    func run(until stop: Promise<Void> = Promise()) async throws -> TailReport {
        let session = self.session
        return try await withTimeout("the end of the session") {
            await session.run { _ = try? await stop.waitUnlessCancelled() }
        }
    }
}

/// A server that runs these steps on each connection.
func server(_ steps: [ScenarioStep], _ change: (inout MockServerConfiguration) -> Void = { _ in })
    -> MockServerConfiguration
{
    var configuration = MockServerConfiguration()
    configuration.scenario = Scenario(steps)
    change(&configuration)
    return configuration
}

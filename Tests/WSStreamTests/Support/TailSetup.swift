import AgentRuntime
import CommandIO
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import WebSocketTransport
import WorkspaceFollowing

@testable import wsstream

/// How a tail follows.
enum TailMode: CaseIterable, Sendable {
    /// One stream, as with `--no-reconnect`.
    case stream
    /// A followed workspace.
    case followed
    /// A followed workspace, as with `--wait`.
    case waiting
}

/// A session with a mock server, and its output.
struct TailSetup {
    let sink: CollectingSink
    var session: TailSession
    private let lines = Locked<[String]>([])

    /// - Parameters:
    ///   - url: The URL to connect to.
    ///   - mode: How it follows.
    ///   - token: The token to send.
    ///   - instanceID: The expected instance.
    ///   - renderer: The renderer of events.
    ///   - sink: The destination of the output.
    /// - Throws: `AgentRuntimeError` for an invalid URL.
    init(
        _ url: String,
        _ mode: TailMode = .stream,
        token: String? = nil,
        instanceID: String? = nil,
        renderer: EventRenderer? = .json(JSONRenderer()),
        sink: CollectingSink = CollectingSink()
    ) throws {
        let endpoint = try RuntimeEndpoint(url, token: token, instanceID: instanceID)
        let keepsFrames = renderer?.needsMessages == true
        let configuration = AgentRuntimeConfiguration()
        self.sink = sink
        switch mode {
        case .stream:
            let messages = keepsFrames ? ReceivedMessages() : nil
            let client = try AgentRuntimeClient(endpoint, configuration, messages: messages)
            self.session = TailSession(feed: .stream(client), sink: sink)
            self.session.messages = messages
        case .followed, .waiting:
            let source = TailEndpointSource { FollowedEndpoint(endpoint) }
            let retries = TailRetries(waits: mode == .waiting, source: source)
            let follower = try WorkspaceFollower(
                of: source,
                configuration: .tail(configuration, retries, keepsFrames: keepsFrames)
            )
            self.session = TailSession(feed: .follower(follower, source: source), sink: sink)
        }
        self.session.renderer = renderer
        self.session.tell = { [lines] text in lines.withLock { $0.append(text.description) } }
    }

    /// What was told about the connection.
    var told: [String] { self.lines.withLock { $0 } }

    /// Whether nothing is left of the feed.
    var isClosed: Bool {
        switch self.session.feed {
        case .stream(let client): client.isClosed
        case .follower(let follower, _): follower.end != nil
        }
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
    server(attempts: [steps], change)
}

/// A server that runs the n-th steps on the n-th connection, and the last ones on all later connections.
func server(attempts: [[ScenarioStep]], _ change: (inout MockServerConfiguration) -> Void = { _ in })
    -> MockServerConfiguration
{
    var configuration = MockServerConfiguration()
    configuration.scenario = Scenario(attempts: attempts)
    change(&configuration)
    return configuration
}

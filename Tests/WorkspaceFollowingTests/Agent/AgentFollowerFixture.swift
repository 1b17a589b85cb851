import AgentRuntime
import ConcurrencyPrimitives
import MockAgentServer
import TestSupport
import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

/// Short texts of elements, to compare them.
extension FollowedAgentElement {
    var short: String {
        switch self {
        case .event(let event):
            if case .messageChunk(let chunk) = event.content { chunk.text } else { event.type.rawValue }
        case .permissions(let list): "permissions \(list.count)"
        case .gap(let gap): "gap \(gap.cause)"
        case .connection(let state): state.name
        }
    }

    var permissions: [AgentPermission]? { if case .permissions(let list) = self { list } else { nil } }
    var gap: Gap? { if case .gap(let gap) = self { gap } else { nil } }
}

extension FollowedAgentElements.Iterator {
    /// Takes elements up to one with this text.
    mutating func take(until text: String) async throws -> [FollowedAgentElement] {
        var elements: [FollowedAgentElement] = []
        while let element = try await self.next() {
            elements.append(element)
            if element.short == text { return elements }
        }
        Issue.record("the elements ended before \(text): \(elements.map(\.short))")
        return elements
    }
}

extension MockServer {
    /// The actions of the requests on the agent stream.
    var agentActions: [String] { self.agentRequests.compactMap { $0["action"]?.text } }

    func sendChunk(_ text: String) { self.sendAgentEvent(["type": "message_chunk", "text": .string(text)]) }
}

/// A mock server whose agent runs, and a follower of its stream.
enum AgentFixture {
    static func configuration(_ change: (inout FollowerConfiguration) -> Void = { _ in }) -> FollowerConfiguration {
        var configuration = FollowerConfiguration()
        configuration.reconnect.firstRetry = .milliseconds(20)
        configuration.reconnect.shortestWait = .milliseconds(10)
        configuration.reconnect.longestWait = .milliseconds(100)
        configuration.dialLimiter = DialLimiter()
        change(&configuration)
        return configuration
    }

    /// A follower that comes back only when it is told to.
    static func waiting(_ configuration: inout FollowerConfiguration) {
        configuration.reconnect.firstRetry = .seconds(1000)
        (configuration.reconnect.shortestWait, configuration.reconnect.longestWait) = (.seconds(1000), .seconds(1000))
    }

    /// Waits until both sides have the connection; the server has it a moment after the client.
    static func open(_ server: MockServer, _ follower: AgentFollower) async throws {
        try await eventually("it is open") { follower.stream != nil && server.agentClientCount == 1 }
    }

    /// Ends all connections, until both sides know it; for a follower that comes back only when it is told to.
    static func lose(_ server: MockServer, _ follower: AgentFollower) async throws {
        try await Self.open(server, follower)
        server.abortAll()
        try await eventually("the connection is lost") {
            follower.work == [.waiting] && follower.stream == nil && server.agentClientCount == 0
        }
    }

    static func startAgent(of server: MockServer) async throws {
        let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
        _ = try await client.control.start()
        await client.close()
    }

    static func withServer(
        script: [AgentStep] = AgentScript.usualSteps,
        faults: [AnswerFault] = [],
        instanceID: String? = nil,
        _ body: (MockServer) async throws -> Void
    ) async throws {
        var configuration = MockServerConfiguration()
        configuration.scenario = .idle
        configuration.scenario.agent = AgentScript(script)
        configuration.scenario.faults.answers = faults
        configuration.instanceID = instanceID
        try await withMockServer(configuration) { server in
            try await Self.startAgent(of: server)
            try await body(server)
            // No follower has left a socket.
            try await eventually("all sockets are closed") { server.socketCount == 0 }
        }
    }

    static func withFollower(
        script: [AgentStep] = AgentScript.usualSteps,
        faults: [AnswerFault] = [],
        _ change: (inout FollowerConfiguration) -> Void = { _ in },
        _ body: (MockServer, AgentFollower) async throws -> Void
    ) async throws {
        try await Self.withServer(script: script, faults: faults) { server in
            let follower = try AgentFollower(
                of: StaticEndpointSource(RuntimeEndpoint(server.url)),
                configuration: Self.configuration(change)
            )
            follower.start()
            do {
                try await body(server, follower)
            } catch {
                await follower.close()
                throw error
            }
            #expect(await follower.close().isEmpty)
            #expect(follower.work.isEmpty && follower.end != nil)
        }
    }

    static func initialize(_ follower: AgentFollower) async throws {
        _ = try await follower.initialize(clientName: "test", clientVersion: "1")
        _ = try await follower.request(.newSession(directory: "/srv/ws", mcpServers: []))
    }
}

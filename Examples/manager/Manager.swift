import AgentRuntime
import Foundation
import Logging
import Metrics
import ProcessSignals
import PrometheusText
import RuntimeLifecycle
import RuntimeReadiness
import WebSocketProtocol
import WebSocketTransport
import WorkspaceFollowing
import WorkspaceMetrics
import WorkspaceProtocol

/// A small manager of agents: it keeps one runtime for each workspace, follows them all, gives the first one a prompt,
/// serves metrics, and ends in order.
///
///     agent-manager STATE-DIRECTORY WORKSPACE,... PROMPT COMMAND [ARGUMENT...]
///
/// The command is the runtime, such as `mock-agent-server`. SIGINT or SIGTERM ends the manager; no runtime is left.
@main
struct Manager {
    let lifecycle: WorkspaceLifecycle
    let workspaces: [WorkspaceID]
    let prompt: String
    var command: RuntimeCommand

    static func main() async {
        guard CommandLine.arguments.count > 4 else {
            Self.say("usage: agent-manager STATE-DIRECTORY WORKSPACE,... PROMPT COMMAND [ARGUMENT...]")
            exit(64)
        }
        // From here on a signal is a value, and does not end the process.
        let signals = await TerminationSignals()
        let isDone = await Self.tell("manager") {
            let manager = try Manager(CommandLine.arguments)
            try await manager.run(until: signals)
            return try await manager.stop()
        }
        exit(isDone ? 0 : 1)
    }

    init(_ arguments: [String]) throws {
        var configuration = LifecycleConfiguration(root: arguments[1])
        configuration.probe = HealthProbe()
        let logger = Logger(label: "manager") { _ in SwiftLogNoOpLogHandler() }
        self.lifecycle = try WorkspaceLifecycle(configuration: configuration, logger: logger)
        self.workspaces = try Set(arguments[2].split(separator: ",")).sorted().map { try WorkspaceID(String($0)) }
        self.prompt = arguments[3]
        self.command = RuntimeCommand(Array(arguments[4...]))
        self.command.environment = ProcessInfo.processInfo.environment
    }

    /// Follows all workspaces until a signal comes; when it returns, nobody follows any of them.
    private func run(until signals: TerminationSignals) async throws {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        let server = try await WebSocketServer.bind()
        Self.say("manager: metrics at http://127.0.0.1:\(server.port)/metrics")
        var configuration = FleetConfiguration()
        (configuration.follower.observer, configuration.follower.agent) = (.metrics(), AgentStreamConfiguration())
        let fleet = try WorkspaceFleet(configuration: configuration)
        for (index, id) in self.workspaces.enumerated() {
            let follower = try fleet.follow("\(id)", at: self.source(of: id))
            // Nobody takes the events of an agent without a prompt.
            if index > 0 { follower.agent?.discardElements() }
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await server.run { Self.answer($0, metrics) } }
            group.addTask {
                _ = await Self.tell("manager") {
                    for try await element in fleet.elements { self.show(element.element, of: element.workspace) }
                    return "nobody is followed any more"
                }
            }
            for id in self.workspaces.prefix(1) { group.addTask { await self.work(in: fleet.follower("\(id)"), id) } }
            let signal = await signals.first()
            Self.say("manager: \(signal?.name ?? "cancelled")")
            for left in await fleet.close() { Self.say("\(left.workspace): left: \(left.work)") }
            await server.close()
        }
    }

    /// Asked before every attempt, so a runtime that has ended is started again.
    private func source(of id: WorkspaceID) -> ClosureEndpointSource {
        ClosureEndpointSource { [lifecycle, command] in
            let runtime = try await lifecycle.getOrStart(id, command: command).runtime
            return .init(try RuntimeEndpoint(runtime.endpoint), generation: Int(clamping: runtime.generation))
        }
    }

    private static func answer(_ request: ServerRequest, _ metrics: PrometheusMetrics) {
        let (status, text) = request.head.path == "/metrics" ? (200, metrics.text()) : (404, "")
        try? request.respond(status: status, contentType: PrometheusMetrics.contentType, body: Array(text.utf8))
    }

    private func show(_ element: FollowedElement, of id: String) {
        switch element {
        case .event(let event): Self.say("\(id): \(event.type)")
        case .recovered(let event, by: let answer): Self.say("\(id): \(event.type), recovered from \(answer)")
        case .gap(let gap): Self.say("\(id): missing: \(gap.scope), \(gap.cause), \(gap.certainty)")
        case .connection(.waiting(let wait)): Self.say("\(id): waiting \(wait.delay): \(wait.failure)")
        case .connection(let state): Self.say("\(id): \(state.name)")
        @unknown default: break
        }
    }

    /// Starts the agent, and gives it one prompt; what fails is told, and the workspace is followed further.
    private func work(in follower: WorkspaceFollower?, _ id: WorkspaceID) async {
        _ = await Self.tell("\(id)") {
            guard let follower, let agent = follower.agent else { return "no agent" }
            for try await snapshot in follower.snapshots where snapshot.connection == .live { break }
            guard let control = follower.control else { return "has ended" }
            try await control.start()
            _ = try await agent.initialize(clientName: "manager", clientVersion: "1")
            _ = try await agent.request(.newSession(directory: try await control.info().workingDirectory))
            let turn = try await agent.prompt(self.prompt)
            for try await element in turn.elements {
                guard case .event(let event) = element else { continue }
                // A real manager asks a person here.
                if let permission = agent.permission(event) { _ = try await permission.respond(option: "allow") }
                if case .messageChunk(let chunk) = event.content { Self.say("\(id): agent: \(chunk.text)") }
            }
            guard case .completed(let event)? = turn.end else { return "turn: no answer" }
            return "turn: \(event.stopReason?.rawValue ?? "no reason")"
        }
    }

    /// Stops all runtimes, and waits until nothing of them is left.
    private func stop() async throws -> String {
        let isEachStopped = await withTaskGroup { group in
            for id in self.workspaces {
                group.addTask { await Self.tell("\(id)") { "\(try await self.lifecycle.stop(id))" } }
            }
            return await group.reduce(true) { $0 && $1 }
        }
        await self.lifecycle.drain()
        guard isEachStopped else { throw POSIXError(.EBUSY) }
        return "done"
    }

    /// Says what an action returns, or why it failed.
    private static func tell(_ name: String, _ action: () async throws -> String) async -> Bool {
        do { Self.say("\(name): \(try await action())") } catch { Self.say("\(name): \(error)"); return false }
        return true
    }

    /// Writes a line at once, also into a file.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }
}

import AgentRuntime
import Foundation
import Logging
import ProcessSignals
import RuntimeLifecycle
import RuntimeReadiness
import WorkspaceFollowing
import WorkspaceProtocol

/// A small manager of agents: it keeps one runtime for each workspace, follows them all, gives the first one a prompt,
/// and ends in order.
///
///     agent-manager STATE-DIRECTORY WORKSPACE,... PROMPT COMMAND [ARGUMENT...]
///
/// The command is the runtime, such as `mock-agent-server`. SIGINT or SIGTERM ends the manager; no runtime is left.
@main
struct Manager {
    let lifecycle: WorkspaceLifecycle
    let workspaces: [WorkspaceID]
    let prompt: String
    let command: RuntimeCommand

    static func main() async {
        // From here on a signal is a value, and does not end the process.
        let signals = await TerminationSignals()
        do {
            let manager = try Manager(CommandLine.arguments)
            await manager.run(until: signals)
            exit(await manager.stop() ? 0 : 1)
        } catch {
            Self.say("manager: \(error)")
            exit(64)
        }
    }

    init(_ arguments: [String]) throws {
        guard arguments.count > 4 else {
            throw Unusable(reason: "usage: agent-manager STATE-DIRECTORY WORKSPACE,... PROMPT COMMAND [ARGUMENT...]")
        }
        var configuration = LifecycleConfiguration(root: arguments[1])
        configuration.probe = HealthProbe()
        let logger = Logger(label: "manager") { _ in SwiftLogNoOpLogHandler() }
        self.lifecycle = try WorkspaceLifecycle(configuration: configuration, logger: logger)
        self.workspaces = try arguments[2].split(separator: ",").map { try WorkspaceID(String($0)) }
        self.prompt = arguments[3]
        var command = RuntimeCommand(Array(arguments[4...]))
        command.environment = ProcessInfo.processInfo.environment
        self.command = command
    }

    /// Keeps all workspaces until a signal comes; when it returns, nobody follows any of them.
    private func run(until signals: TerminationSignals) async {
        await withDiscardingTaskGroup { group in
            for (index, id) in self.workspaces.enumerated() {
                group.addTask { await self.keep(id, prompt: index == 0 ? self.prompt : nil) }
            }
            let signal = await signals.first()
            Self.say("manager: \(signal?.name ?? "cancelled")")
            group.cancelAll()
        }
    }

    /// Follows one workspace until the task is cancelled, or another attempt can't help.
    private func keep(_ id: WorkspaceID, prompt: String?) async {
        // A follower asks before every attempt, so a runtime that has ended is started again.
        let source = ClosureEndpointSource { [lifecycle, command] in
            let runtime = try await lifecycle.getOrStart(id, command: command).runtime
            let endpoint = try RuntimeEndpoint(runtime.endpoint)
            return FollowedEndpoint(endpoint, generation: Int(clamping: runtime.generation))
        }
        var configuration = FollowerConfiguration()
        if prompt != nil { configuration.agent = AgentStreamConfiguration() }
        do {
            try await WorkspaceFollower.withFollower(of: source, configuration: configuration) { follower in
                async let turn: Void = self.work(on: prompt, follower, id)
                for try await element in follower.elements { self.show(element, of: id) }
                await turn
            }
        } catch is CancellationError {
            Self.say("\(id): no longer followed")
        } catch {
            Self.say("\(id): \(error)")
        }
    }

    private func show(_ element: FollowedElement, of id: WorkspaceID) {
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
    private func work(on prompt: String?, _ follower: WorkspaceFollower, _ id: WorkspaceID) async {
        guard let prompt, let agent = follower.agent else { return }
        do {
            for try await snapshot in follower.snapshots where snapshot.connection == .live { break }
            guard let control = follower.control else { return }
            try await control.start()
            _ = try await agent.initialize(clientName: "manager", clientVersion: "1")
            _ = try await agent.request(.newSession(directory: try await control.info().workingDirectory))
            let turn = try await agent.prompt(prompt)
            for try await element in turn.elements {
                guard case .event(let event) = element else { continue }
                // A real manager asks a person here.
                if let permission = agent.permission(event) { _ = try await permission.respond(option: "allow") }
                if case .messageChunk(let chunk) = event.content { Self.say("\(id): agent: \(chunk.text)") }
            }
            if case .completed(let event)? = turn.end {
                Self.say("\(id): turn: \(event.stopReason?.rawValue ?? "no reason")")
            }
        } catch {
            Self.say("\(id): agent: \(error)")
        }
    }

    /// Stops all runtimes, and waits until nothing of them is left.
    ///
    /// - Returns: Whether all were stopped.
    private func stop() async -> Bool {
        let isEachStopped = await withTaskGroup { group in
            for id in self.workspaces {
                group.addTask {
                    do {
                        Self.say("\(id): \(try await self.lifecycle.stop(id))")
                        return true
                    } catch {
                        Self.say("\(id): \(error)")
                        return false
                    }
                }
            }
            return await group.allSatisfy { $0 }
        }
        await self.lifecycle.drain()
        return isEachStopped
    }

    /// Writes a line at once, also into a file.
    private static func say(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

    struct Unusable: Error, CustomStringConvertible {
        let reason: String
        var description: String { self.reason }
    }
}

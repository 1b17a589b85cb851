import ConcurrencyPrimitives
import WebSocketProtocol
import WorkspaceProtocol

/// Everything behind one instance port: the workspace, its processes and terminals, the agent, and the scenario.
final class MockInstance: Sendable {
    private struct State {
        var scenario: Scenario
        /// The number of requests for the stream before the scenario was set.
        var firstAttempt = 0
        var pollMode = "fast"
        /// Whether the instance was deleted: its streams are ghosts.
        var hasEnded = false
    }

    let configuration: MockServerConfiguration
    let workspace: MockWorkspace
    let terminals: TerminalTable
    let processes: ProcessRunner
    let agent: ScriptedAgent
    let agentStream: MockAgentStream
    let faults: FaultTable
    let ledger: ServerLedger
    let work: WorkQueue
    private let state: Locked<State>

    init(
        _ configuration: MockServerConfiguration,
        kept: MockWorkspace.Kept? = nil,
        ledger: ServerLedger,
        work: WorkQueue
    ) {
        let state = Locked(State(scenario: configuration.scenario))
        (self.configuration, self.ledger, self.work, self.state) = (configuration, ledger, work, state)
        self.workspace = MockWorkspace(configuration, kept: kept, ledger: ledger)
        self.terminals = TerminalTable(
            prompt: configuration.hasTerminalPrompt ? ShellState.prompt(in: configuration.workspacePath) : ""
        )
        self.faults = FaultTable(configuration.scenario.faults.answers)
        self.processes = ProcessRunner(self.workspace, work: work, clock: configuration.clock) {
            state.withLock { $0.scenario.processes }
        }
        self.agent = ScriptedAgent(
            process: AgentProcess(command: configuration.agentCommand),
            style: configuration.frameStyle,
            identity: ScriptedAgent.Identity(
                instance: configuration.instanceID ?? "",
                task: configuration.taskID,
                session: configuration.sessionID,
                port: configuration.port
            ),
            script: { state.withLock { $0.scenario.agent } }
        )
        self.agentStream = MockAgentStream(self.agent, faults: self.faults, work: work, clock: configuration.clock)
    }

    var hasEnded: Bool { self.state.withLock { $0.hasEnded } }
    var currentFaults: MockFaults { self.scenario.faults }
    var scenario: Scenario { self.state.withLock { $0.scenario } }

    func setScenario(_ scenario: Scenario) {
        let attempt = self.ledger.state.upgradeCount
        self.state.withLock { ($0.scenario, $0.firstAttempt) = (scenario, attempt) }
        self.faults.replace(scenario.faults.answers)
    }

    func plan(forAttempt attempt: Int) -> ScenarioPlan {
        self.state.withLock { $0.scenario.plan(forAttempt: max(0, attempt - $0.firstAttempt)) }
    }

    /// The instance is deleted.
    func end() {
        self.processes.endAll()
        self.agent.process.delete()
        self.agentStream.stopTurns()
        self.state.withLock { $0.hasEnded = true }
        self.ledger.watched.update { $0.hasInstanceEnded = true }
    }

    /// The terms of a WebSocket that behaves like agentctl's.
    var terms: SocketTerms {
        SocketTerms(
            compression: self.configuration.compression,
            limits: self.configuration.limits,
            timeAfterClose: self.configuration.timeAfterClose,
            closeTimeout: self.configuration.closeTimeout
        )
    }

    /// `POST /api/v1/workspace/poll-mode`; no event follows, as in agentctl.
    func setPollMode(_ body: [UInt8]) -> HTTPAnswer {
        let mode = (try? MockJSON(parsing: body))?["mode"]?.text ?? ""
        guard ["fast", "slow", "paused"].contains(mode) else {
            return .error(400, "invalid mode: must be one of fast, slow, paused")
        }
        self.state.withLock { $0.pollMode = mode }
        return .json(200, ["mode": .string(mode)])
    }

    var pollMode: String { self.state.withLock { $0.pollMode } }
}

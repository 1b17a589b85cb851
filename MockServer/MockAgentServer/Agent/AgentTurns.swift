import ConcurrencyPrimitives

/// Plays the turns of the agent, one after the other.
final class AgentTurns: Sendable {
    /// One prompt.
    struct Turn: Sendable {
        let text: String
        let generation: MockJSON?
        /// Resolves when the turn is cancelled, or its process has ended.
        let cancelled = Promise<Void>()
        /// Resolves when the turn has ended.
        let ended = Promise<Void>()
    }

    private struct State {
        var turns: [Turn] = []
        /// The last answer to a permission request.
        var outcome = PermissionTable.Outcome.none
    }

    /// The turn has ended by one of its steps.
    private struct TurnEnded: Error {}

    private let agent: ScriptedAgent
    private let work: WorkQueue
    private let clock: any Clock<Duration>
    private let state = Locked(State())

    init(_ agent: ScriptedAgent, work: WorkQueue, clock: any Clock<Duration>) {
        (self.agent, self.work, self.clock) = (agent, work, clock)
    }

    /// Queues a turn; it begins when the turns before it have ended.
    func add(_ turn: Turn) {
        let isFirst = self.state.withLock { state in
            state.turns.append(turn)
            return state.turns.count == 1
        }
        if isFirst { self.work.add { await self.playAll() } }
    }

    /// Cancels the current turn and those that wait.
    ///
    /// - Returns: The turns.
    func cancelAll() -> [Turn] {
        let turns = self.state.withLock { $0.turns }
        for turn in turns { turn.cancelled.resolve(()) }
        return turns
    }

    // MARK: Playing

    private func playAll() async {
        while let turn = self.state.withLock({ $0.turns.first }) {
            await self.play(turn)
            self.state.withLock { _ = $0.turns.removeFirst() }
            turn.ended.resolve(())
        }
    }

    private func play(_ turn: Turn) async {
        do {
            let steps = self.agent.script.steps
            try await self.play(steps, turn)
            self.complete(turn, stopReason: "end_turn")
        } catch is TurnEnded {
            return
        } catch {
            // Cancelled by the client, or the server stops. A dead agent says nothing more.
            if self.agent.process.isRunning { self.complete(turn, stopReason: "cancelled") }
        }
    }

    private func play(_ steps: [AgentStep], _ turn: Turn) async throws {
        for step in steps {
            guard turn.cancelled.value == nil else { throw CancellationError() }
            try await self.play(step, turn)
        }
    }

    private func play(_ step: AgentStep, _ turn: Turn) async throws {
        switch step {
        case .event(let event): self.agent.post(event)
        case .wait(let duration): try await self.wait(duration, turn)
        case .ticks(let count, let pause):
            for index in 0..<count {
                try await self.wait(pause, turn)
                self.agent.post(["type": "message_chunk", "text": "tick \(index * 5) "])
            }
        case .permission(let permission): try await self.ask(permission, turn)
        case .tellOutcome: self.tell(self.state.withLock { $0.outcome })
        case .standardError(let line):
            self.agent.process.writeError(line.replacing("${prompt}", with: turn.text))
        case .when(let text, let steps): if turn.text.contains(text) { try await self.play(steps, turn) }
        case .request(let action, let payload): try await self.request(action, payload, turn)
        case .hang: try await turn.cancelled.waitUnlessCancelled()
        case .fail(let error): try self.fail(error, turn)
        case .crash(let code): try self.crash(code, turn)
        case .complete(let reason):
            self.complete(turn, stopReason: reason)
            throw TurnEnded()
        }
    }

    /// Waits for a time.
    ///
    /// - Throws: `CancellationError` if the turn is cancelled first.
    private func wait(_ duration: Duration, _ turn: Turn) async throws {
        try await self.first(turn) { try await self.clock.sleep(for: duration) }
    }

    /// Waits for an action, but not longer than the turn lasts.
    private func first(_ turn: Turn, _ action: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await action() }
            group.addTask {
                try await turn.cancelled.waitUnlessCancelled()
                throw CancellationError()
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func tell(_ outcome: PermissionTable.Outcome) {
        self.agent.post(["type": "message_chunk", "text": "permission: \(outcome.text)"])
    }

    private func ask(_ permission: MockAgentPermission, _ turn: Turn) async throws {
        let request = self.agent.ask(permission)
        do {
            try await self.first(turn) { _ = try await request.outcome.waitUnlessCancelled() }
        } catch {
            guard self.agent.process.isRunning, !Task.isCancelled else { throw error }
            // agentctl leaves the request pending until the next prompt, and the agent finishes its tool call.
            let update: MockJSON = ["type": "tool_update", "tool_call_id": .string(permission.toolCallID)]
            self.agent.post(update.setting("tool_status", "cancelled"))
            self.tell(.none)
            self.agent.post(update.setting("tool_status", "complete"))
            throw error
        }
        let outcome = request.outcome.value ?? .none
        self.state.withLock { $0.outcome = outcome }
        self.agent.process.writeError("permission answer \(outcome.text)")
    }

    private func request(_ action: String, _ payload: MockJSON, _ turn: Turn) async throws {
        let answer = self.agent.request(action, payload)
        try await self.first(turn) { _ = try await answer.waitUnlessCancelled() }
    }

    // MARK: Ending

    private func complete(_ turn: Turn, stopReason: String) {
        let event: MockJSON = ["type": "complete"]
        self.agent.post(
            event.setting("prompt_generation", turn.generation)
                .setting("data", ["stop_reason": .string(stopReason)])
                .setting(
                    "usage",
                    [
                        "input_tokens": 10, "output_tokens": 20, "output_tokens_present": true, "total_tokens": 30,
                    ]
                )
        )
    }

    private func fail(_ error: MockJSON, _ turn: Turn) throws {
        self.agent.postError(error, generation: turn.generation)
        throw TurnEnded()
    }

    private func crash(_ code: Int, _ turn: Turn) throws {
        self.agent.postError(
            .internalError("peer disconnected before response"),
            generation: turn.generation
        )
        self.agent.crashed(exitCode: code)
        throw TurnEnded()
    }
}

extension MockJSON {
    /// The error of an agent whose process does not answer.
    static func internalError(_ reason: String) -> MockJSON {
        ["code": -32_603, "message": "Internal error", "data": ["error": .string(reason)]]
    }
}

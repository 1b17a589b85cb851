import ConcurrencyPrimitives
import WebSocketProtocol

/// The three kinds of stream of an instance port.
struct InstanceStreams: Sendable {
    let instance: MockInstance

    private var ledger: ServerLedger { self.instance.ledger }
    private var clock: any Clock<Duration> { self.instance.configuration.clock }

    // MARK: The workspace stream

    func workspace(_ request: MockRequest) async {
        // A plain request is not an attempt; it is refused like one that breaks the RFC.
        guard request.head.asksForWebSocket else { return request.respond(.badUpgrade) }
        let (attempt, releases) = (request.attempt?.number ?? 0, request.attempt?.releases ?? 0)
        let plan = self.instance.plan(forAttempt: attempt)
        do {
            for step in plan.beforeUpgrade {
                guard try await self.perform(step, on: request, releases: releases) else { return }
            }
        } catch {
            // The server is being stopped.
            return request.abort()
        }
        await self.open(request, attempt: attempt, plan: plan)
    }

    /// - Returns: Whether the request still needs an answer.
    private func perform(_ step: UpgradeStep, on request: MockRequest, releases: Int) async throws -> Bool {
        switch step {
        case .hold(let duration):
            try await self.hold(for: duration, releases: releases)
            return true
        case .refuse(let refusal):
            request.respond(HTTPAnswer(status: refusal.status, fields: refusal.fields, body: refusal.body))
        case .drop: request.abort()
        }
        return false
    }

    /// Waits for a time or for a release, whichever comes first.
    private func hold(for duration: Duration?, releases: Int) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.ledger.waitForRelease(after: releases) }
            if let duration {
                group.addTask { try await self.clock.sleep(for: duration) }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func open(_ request: MockRequest, attempt: Int, plan: ScenarioPlan) async {
        let instance = self.instance
        let delay = instance.configuration.attachDelay
        let repositories = plan.attaches ? instance.configuration.repositories : nil
        let accepted = await request.accept(
            instance.terms,
            { socket in
                let stream = StreamConnection(
                    attempt: attempt,
                    socket: socket,
                    style: instance.configuration.frameStyle,
                    workspace: instance.workspace,
                    faults: instance.currentFaults,
                    slots: instance.configuration.channelSlots,
                    ledger: instance.ledger
                )
                instance.ledger.opened(socket)
                if delay == .zero { stream.attach(repositories) }
                return stream
            },
            onMessage: { $0.receive($1) }
        )
        guard let stream = accepted else { return }
        if delay > .zero {
            try? await self.clock.sleep(for: delay)
            if !stream.socket.hasEnded { stream.attach(repositories) }
        }
        let runner = ScenarioRunner(stream: stream, clock: self.clock)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await runner.run(plan.steps) }
                    // A deleted instance sends nothing more.
                    group.addTask { try? await self.ledger.watched.wait { $0.hasInstanceEnded } }
                    if !instance.hasEnded { await group.next() }
                    group.cancelAll()
                }
            }
            _ = await stream.socket.closed.wait()
            group.cancelAll()
        }
        self.ledger.closed(stream.socket, attempt: attempt)
    }

    // MARK: The agent stream and the terminals

    func agent(_ request: MockRequest) async {
        let (agent, stream) = (self.instance.agent, self.instance.agentStream)
        var terms = self.instance.terms
        // agentctl frees this stream at once.
        terms.timeAfterClose = nil
        let socket = await request.accept(
            terms,
            { socket in
                agent.events.attach(socket)
                self.ledger.opened(socket)
                return socket
            },
            onMessage: { stream.receive($1, on: $0) }
        )
        guard let socket else { return }
        _ = await socket.closed.wait()
        agent.events.detach(socket)
        self.ledger.closed(socket)
    }

    func terminal(_ request: MockRequest, id: String) async {
        let terminals = self.instance.terminals
        guard terminals.exists(id) else { return request.respond(.error(404, "terminal not found")) }
        let socket = await request.accept(
            self.instance.terms,
            { socket in
                terminals.attach(socket, to: id)
                self.ledger.opened(socket)
                return socket
            },
            onMessage: { terminals.receive($1, for: id) }
        )
        guard let socket else { return }
        _ = await socket.closed.wait()
        terminals.detach(socket, from: id)
        self.ledger.closed(socket)
    }
}

import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// Lets the endpoint that a request names answer it.
struct RequestRouter: Sendable {
    private struct Health: Encodable {
        var status = "ok"
        var timestamp = WallClock.timestamp.rawValue
        var generation: UInt64?
        var nonce: String?

        init(_ identity: MockRuntimeIdentity?) {
            (self.generation, self.nonce) = (identity?.generation, identity?.nonce)
        }
    }

    let configuration: MockServerConfiguration
    let ledger: ServerLedger

    func handle(_ request: ServerRequest) async {
        let path = request.head.path
        guard path != AgentctlAPI.healthPath else { return self.health.send(to: request) }
        if path == AgentctlAPI.workspaceStreamPath, request.isUpgrade { return await self.handleUpgrade(request) }
        if let refusal = self.authorizationRefusal(of: request) { return refusal.send(to: request) }
        switch path {
        // This request is not a WebSocket handshake, so `accept` refuses it with the right status.
        case AgentctlAPI.workspaceStreamPath[...]: _ = try? await request.accept()
        case let path where path.hasPrefix("/bench/"):
            await BenchEndpoints(ledger: self.ledger, compression: self.configuration.compression).handle(request)
        default: HTTPAnswer.error(404, "there is nothing at this path").send(to: request)
        }
    }

    private var health: HTTPAnswer { .json(200, Health(self.configuration.runtimeIdentity)) }

    private func authorizationRefusal(of request: ServerRequest) -> HTTPAnswer? {
        AgentAuthorization(token: self.configuration.token, instanceID: self.configuration.instanceID)
            .refusal(of: request.head)
    }

    // MARK: The workspace stream

    private func handleUpgrade(_ request: ServerRequest) async {
        let (attempt, releases) = self.ledger.sawUpgrade(request.head.fields)
        if let refusal = self.authorizationRefusal(of: request) { return refusal.send(to: request) }
        let plan = self.configuration.scenario.plan(forAttempt: attempt)
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
    private func perform(_ step: UpgradeStep, on request: ServerRequest, releases: Int) async throws -> Bool {
        switch step {
        case .hold(let duration):
            try await self.hold(for: duration, releases: releases)
            return true
        case .refuse(let refusal):
            HTTPAnswer(status: refusal.status, fields: refusal.fields, body: refusal.body).send(to: request)
        case .drop: request.abort()
        }
        return false
    }

    /// Waits for a time or for a release, whichever comes first.
    private func hold(for duration: Duration?, releases: Int) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.ledger.waitForRelease(after: releases) }
            if let duration {
                group.addTask { try await self.configuration.clock.sleep(for: duration) }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func open(_ request: ServerRequest, attempt: Int, plan: ScenarioPlan) async {
        guard let connection = try? await request.accept() else { return }
        let stream = StreamConnection(
            attempt: attempt,
            connection: connection,
            configuration: self.configuration,
            ledger: self.ledger
        )
        self.ledger.opened(connection)
        if plan.attaches { stream.sendAttachSequence(self.configuration.repositories) }
        self.ledger.attached(stream)
        let runner = ScenarioRunner(stream: stream, clock: self.configuration.clock)
        await withDiscardingTaskGroup { group in
            group.addTask { await stream.receive() }
            group.addTask { await runner.run(plan.steps) }
            _ = await connection.waitUntilClosedUncancelled()
            group.cancelAll()
        }
        self.ledger.closed(connection, attempt: attempt)
    }
}

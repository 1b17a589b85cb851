import WebSocketProtocol
import WorkspaceProtocol

/// The HTTP API and the streams of an instance port.
struct InstanceEndpoints: Sendable {
    let instance: MockInstance
    /// Where the server listens.
    let port: Int

    var all: [Endpoint] {
        self.basics + self.shell + self.terminals + self.processes + self.git
            + FileEndpoints(instance: self.instance).all + self.streams
    }

    private var basics: [Endpoint] {
        let agent = self.instance.agent.process
        return [
            .plain("GET", AgentctlAPI.healthPath) { _, _ in self.health },
            .plain("GET", "/api/v1/status") { _, _ in agent.status },
            .plain("GET", "/api/v1/info") { _, _ in self.info },
            .plain("POST", "/api/v1/agent/configure") { request, _ in agent.configure(request.body) },
            .plain("POST", "/api/v1/start") { _, _ in agent.start() },
            .plain("POST", "/api/v1/stop") { _, _ in
                // A turn that sees that its agent has ended says nothing more.
                let answer = agent.stop()
                self.instance.agentStream.stopTurns()
                return answer
            },
            .plain("POST", "/api/v1/workspace/poll-mode") { request, _ in self.instance.setPollMode(request.body) },
        ]
    }

    private var health: HTTPAnswer {
        let identity = self.instance.configuration.runtimeIdentity
        let body: MockJSON = ["status": "ok", "timestamp": .string(WallClock.seconds)]
        return .json(
            200,
            body.setting("generation", identity.map { .integer(Int64(bitPattern: $0.generation)) })
                .setting("nonce", identity.map { .string($0.nonce) })
        )
    }

    private var info: HTTPAnswer {
        .json(
            200,
            [
                "version": "0.1.0", "agent_command": .string(self.instance.agent.process.command),
                "work_dir": .string(self.instance.configuration.workspacePath), "port": .integer(Int64(self.port)),
            ]
        )
    }

    private var shell: [Endpoint] {
        let shell = self.instance.workspace.shell
        return [
            .plain("GET", "/api/v1/shell/status") { _, _ in shell.status },
            .plain("GET", "/api/v1/shell/buffer") { _, _ in shell.buffer },
            .plain("POST", "/api/v1/shell/start") { _, _ in
                _ = shell.start()
                return .json(200, ["status": "shell started"])
            },
        ]
    }

    private var terminals: [Endpoint] {
        let terminals = self.instance.terminals
        return [
            .plain("POST", "/api/v1/shell/terminal/start") { request, _ in terminals.start(request.body) },
            .plain("GET", "/api/v1/shell/terminal/:id/buffer") { _, id in terminals.buffer(id) },
            .plain("DELETE", "/api/v1/shell/terminal/:id") { _, id in terminals.delete(id) },
        ]
    }

    private var processes: [Endpoint] {
        let (runner, table) = (self.instance.processes, self.instance.workspace.processes)
        return [
            .plain("POST", "/api/v1/processes/start") { request, _ in runner.start(request.body) },
            .plain("POST", "/api/v1/processes/stop") { request, _ in runner.stop(request.body) },
            .plain("GET", "/api/v1/processes") { request, _ in table.list(sessionID: request.parameter("session_id")) },
            .plain("GET", "/api/v1/processes/:id") { request, id in
                table.get(id, includesOutput: request.parameter("include_output") == "true")
            },
        ]
    }

    private var git: [Endpoint] {
        let git = self.instance.workspace.git
        return [
            .plain("GET", "/api/v1/git/status") { request, _ in git.status(repository: request.parameter("repo")) },
            .plain("GET", "/api/v1/git/status/multi") { _, _ in git.statuses },
            .plain("GET", "/api/v1/git/log") { request, _ in
                git.log(
                    repository: request.parameter("repo"),
                    since: request.parameter("since"),
                    limit: request.parameter("limit").flatMap { Int($0) }
                )
            },
            .plain("GET", "/api/v1/git/commit/:id") { request, sha in
                git.commit(sha, repository: request.parameter("repo"))
            },
        ]
    }

    private var streams: [Endpoint] {
        let streams = InstanceStreams(instance: self.instance)
        return [
            Endpoint("GET", AgentctlAPI.workspaceStreamPath) { request, _ in await streams.workspace(request) },
            Endpoint("GET", "/api/v1/agent/stream") { request, _ in await streams.agent(request) },
            Endpoint("GET", "/api/v1/shell/terminal/:id/stream") { request, id in
                await streams.terminal(request, id: id)
            },
        ]
    }
}

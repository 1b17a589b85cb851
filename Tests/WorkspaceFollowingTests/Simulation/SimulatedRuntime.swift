import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WorkspaceFollowing
import WorkspaceProtocol

/// A simulated agentctl, as a follower reaches it: dials and answers take time, fail, or come late.
struct SimulatedRuntime: FollowedRuntime {
    let world: FollowingSchedule
    let endpoint: FollowedEndpoint
    let port: Int

    func join(_ cancel: @escaping @Sendable () -> Void) -> (@Sendable () -> Void)? {
        self.world.members += 1
        return { self.world.members -= 1 }
    }

    /// The server that listens now, if it is ours.
    private func server() throws -> SimulatedAgentctl {
        guard let server = self.world.server(at: self.port), !self.world.refusesDials else {
            throw AgentRuntimeError(.connectFailed, "refused")
        }
        guard self.endpoint.endpoint.instanceID ?? server.instanceID == server.instanceID else {
            throw AgentRuntimeError(.instanceGone, "another instance")
        }
        return server
    }

    func openStream(to receiver: any WorkspaceEventReceiver) async throws -> any FollowedStream {
        self.world.pending += 1
        defer { self.world.pending -= 1 }
        try await self.world.sleep(self.world.pick([1, 10, 200]))
        let server = try self.server()
        return self.world.connect(to: server, receiver)
    }

    func close(within limit: Duration?) async -> [StreamTaskReport] { [] }

    /// An answer is made at one moment, and arrives later.
    private func ask<Value>(_ timeout: Duration, _ answer: (SimulatedAgentctl) throws -> Value) async throws -> Value {
        self.world.pending += 1
        defer { self.world.pending -= 1 }
        let (there, back) = (self.world.latency, self.world.latency)
        guard there + back < timeout else {
            try await self.world.timers.sleep(min(timeout, there))
            _ = try? answer(self.server())
            try await self.world.timers.sleep(timeout - min(timeout, there))
            throw AgentRuntimeError(.timedOut, "late")
        }
        try await self.world.timers.sleep(there)
        if self.world.refusesAnswers { throw AgentRuntimeError(.connectionLost, "no answer") }
        let value = try answer(self.server())
        try await self.world.timers.sleep(back)
        return value
    }

    func shellStatus(timeout: Duration) async throws -> ShellStatus {
        try await self.ask(timeout) { server in
            var status = ShellStatus()
            guard let shell = server.shell else { return status }
            (status.isAvailable, status.isRunning) = (true, true)
            status.startedAt = self.world.rfc3339(shell.startedAt)
            return status
        }
    }

    func shellBuffer(timeout: Duration) async throws -> String {
        try await self.ask(timeout) { server in
            guard let shell = server.shell else { throw AgentRuntimeError(.refused, "503") }
            return shell.buffer
        }
    }

    func processes(timeout: Duration) async throws -> [WorkspaceProcess] {
        try await self.ask(timeout) { $0.processes.map { Self.answer($0, withOutput: false) } }
    }

    func process(id: String, timeout: Duration) async throws -> WorkspaceProcess? {
        try await self.ask(timeout) { server in
            server.processes.first { $0.id == id }.map { Self.answer($0, withOutput: true) }
        }
    }

    private static func answer(_ process: SimulatedAgentctl.Process, withOutput: Bool) -> WorkspaceProcess {
        var answer = WorkspaceProcess()
        (answer.id, answer.sessionID, answer.kind) = (process.id, "s", process.status.kind)
        (answer.command, answer.workingDirectory) = (process.status.command, process.status.workingDirectory)
        (answer.status, answer.startedAt, answer.updatedAt) = (.running, process.startedAt, process.startedAt)
        answer.output = withOutput ? process.ring : nil
        return answer
    }

    func gitLog(since: String?, repository: String?, limit: Int, timeout: Duration) async throws -> GitLogAnswer {
        try await self.ask(timeout) { server in
            guard let found = server.repositories.first(where: { $0.nameIfAny == repository }) else {
                return GitLogAnswer()
            }
            return found.log(since: since ?? "", limit: limit)
        }
    }

    func gitStatus(timeout: Duration) async throws -> GitStatusAnswer {
        try await self.ask(timeout) { server in
            var answer = GitStatusAnswer()
            (answer.isSuccess, answer.status) = (true, server.repositories[0].status())
            return answer
        }
    }

    func gitStatusMulti(timeout: Duration) async throws -> GitStatusListAnswer {
        try await self.ask(timeout) { server in
            var list = GitStatusListAnswer()
            list.isSuccess = true
            list.repositories = server.repositories.map { repository in
                var answer = GitStatusListAnswer.Repository()
                answer.name = repository.name
                (answer.answer.isSuccess, answer.answer.status) = (true, repository.status())
                return answer
            }
            return list
        }
    }
}

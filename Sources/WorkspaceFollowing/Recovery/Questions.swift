import AgentRuntime
import ConcurrencyPrimitives
import WorkspaceProtocol

/// Asks a runtime what was missed: at most ``RecoveryPolicy/maximumRequests`` requests at a time, all within
/// ``RecoveryPolicy/timeout``.
///
/// A request that fails or is late is an answer, too: it becomes a gap, and never ends the stream.
struct Questions: Sendable {
    private let core: FollowerCore
    private let runtime: any FollowedRuntime
    private let policy: RecoveryPolicy
    private let deadline: Duration

    init(core: FollowerCore, runtime: any FollowedRuntime) {
        (self.core, self.runtime) = (core, runtime)
        self.policy = core.configuration.recovery
        self.deadline = core.environment.now() + self.policy.timeout
    }

    /// What is left of the time limit; nil if it is over.
    private var left: Duration? {
        let left = self.deadline - self.core.environment.now()
        return left > .zero && !Task.isCancelled ? left : nil
    }

    fileprivate enum Part: Sendable {
        case shell(RecoveryAnswers)
        case processes(RecoveryAnswers)
        case repositories(RecoveryAnswers)
    }

    /// Everything that a recovery needs.
    func forRecovery() async -> RecoveryAnswers {
        await self.answers(withRepositories: true)
    }

    /// The output of the processes that run, and of the shell.
    func forAudit() async -> RecoveryAnswers {
        await self.answers(withRepositories: false)
    }

    private func answers(withRepositories: Bool) async -> RecoveryAnswers {
        let known = self.core.state.withLock { $0.following.runningProcesses }
        // One request for the shell at a time, one for the repositories, and the others for the processes.
        guard self.policy.maximumRequests > 2 else {
            var answers = RecoveryAnswers()
            answers.take(.shell(await self.shell()))
            if withRepositories { answers.take(.repositories(await self.repositories())) }
            answers.take(.processes(await self.processes(known, width: 1, lists: withRepositories)))
            return answers
        }
        let width = self.policy.maximumRequests - 2
        return await withTaskGroup(of: Part.self) { group in
            group.addTask { .shell(await self.shell()) }
            group.addTask { .processes(await self.processes(known, width: width, lists: withRepositories)) }
            if withRepositories { group.addTask { .repositories(await self.repositories()) } }
            var answers = RecoveryAnswers()
            for await part in group { answers.take(part) }
            return answers
        }
    }

    private func ask<Value: Sendable>(
        _ question: (Duration) async throws -> Value
    ) async -> RecoveryAnswers.Answer<Value> {
        guard let left = self.left, let value = try? await question(left) else { return .failed }
        return .known(value)
    }

    // MARK: Shell

    private func shell() async -> RecoveryAnswers {
        var answers = RecoveryAnswers()
        let status = await self.ask { try await self.runtime.shellStatus(timeout: $0) }
        if case .known(let status) = status {
            guard status.isAvailable else {
                answers.shell = .missing
                return answers
            }
            answers.shellStart = status.startedAt
        }
        answers.shell = await self.ask { try await self.runtime.shellBuffer(timeout: $0) }
        return answers
    }

    // MARK: Processes

    private func processes(_ known: [String], width: Int, lists: Bool) async -> RecoveryAnswers {
        var answers = RecoveryAnswers()
        var ids = known
        if lists {
            answers.processes = await self.ask { try await self.runtime.processes(timeout: $0) }
            if case .known(let list) = answers.processes {
                ids += list.map(\.id).filter { !known.contains($0) }.sorted()
            }
        }
        await withTaskGroup(of: (String, RecoveryAnswers.Answer<WorkspaceProcess>).self) { group in
            for (index, id) in ids.enumerated() {
                if index >= width, let (id, answer) = await group.next() { answers.outputs[id] = answer }
                group.addTask { (id, await self.process(id)) }
            }
            for await (id, answer) in group { answers.outputs[id] = answer }
        }
        return answers
    }

    private func process(_ id: String) async -> RecoveryAnswers.Answer<WorkspaceProcess> {
        let answer = await self.ask { try await self.runtime.process(id: id, timeout: $0) }
        return switch answer {
        case .known(let process?): .known(process)
        case .known(nil), .missing: .missing
        case .failed: .failed
        }
    }

    // MARK: Repositories

    private func repositories() async -> RecoveryAnswers {
        var answers = RecoveryAnswers()
        await self.core.waitForStatuses(min(self.policy.statusWait, self.policy.timeout))
        let (without, count) = self.core.state.withLock { state in
            (state.following.repositoriesWithoutStatus, state.following.received.repositories.count)
        }
        if !without.isEmpty { answers.statuses = await self.statuses(without, ofSeveral: count > 1) }
        let heads = self.core.state.withLock { state in
            state.following.received.repositories.all.map { name, repository in
                (name, repository.commits.head, state.following.heldHead(of: name))
            }
        }
        for (name, last, held) in heads.sorted(by: { $0.0 < $1.0 }) {
            guard let last, let head = held ?? answers.head(of: name), head != last else { continue }
            answers.logs[name] = await self.log(of: name, since: last)
        }
        return answers
    }

    private func statuses(
        _ names: [String],
        ofSeveral: Bool
    ) async -> [String: RecoveryAnswers.Answer<GitStatus>] {
        if !ofSeveral, names == [""] {
            let answer = await self.ask { try await self.runtime.gitStatus(timeout: $0) }
            guard case .known(let status) = answer, status.isSuccess, !status.status.isPlaceholder else {
                return ["": .failed]
            }
            return ["": .known(status.status)]
        }
        let answer = await self.ask { try await self.runtime.gitStatusMulti(timeout: $0) }
        guard case .known(let list) = answer, list.isSuccess else { return [:] }
        var statuses: [String: RecoveryAnswers.Answer<GitStatus>] = [:]
        for repository in list.repositories where repository.answer.isSuccess {
            var status = repository.answer.status
            status.repositoryName = repository.name.isEmpty ? nil : repository.name
            if !status.isPlaceholder { statuses[repository.name] = .known(status) }
        }
        return statuses.filter { names.contains($0.key) }
    }

    private func log(of name: String, since head: String) async -> RecoveryAnswers.Answer<[GitLogEntry]> {
        let repository = name.isEmpty ? nil : name
        let answer = await self.ask {
            try await self.runtime.gitLog(
                since: head,
                repository: repository,
                limit: self.policy.maximumCommits,
                timeout: $0
            )
        }
        guard case .known(let log) = answer, log.isSuccess else { return .failed }
        return .known(log.commits)
    }
}

extension RecoveryAnswers {
    /// The head of a repository by a status that was asked for; nil if there is none.
    fileprivate func head(of name: String) -> String?? {
        guard case .known(let status)? = self.statuses[name] else { return nil }
        return status.headCommit
    }

    fileprivate mutating func take(_ part: Questions.Part) {
        switch part {
        case .shell(let answers): (self.shell, self.shellStart) = (answers.shell, answers.shellStart)
        case .processes(let answers): (self.processes, self.outputs) = (answers.processes, answers.outputs)
        case .repositories(let answers): (self.statuses, self.logs) = (answers.statuses, answers.logs)
        }
    }
}

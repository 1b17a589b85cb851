import ConcurrencyPrimitives
import WebSocketProtocol

/// The number of requests, and the latest of them.
struct RequestLog: Sendable {
    private static let limit = 10_000

    private(set) var count = 0
    /// Oldest first.
    private(set) var latest: [MockJSON] = []

    mutating func append(_ request: MockJSON) {
        self.count += 1
        self.latest.append(request)
        // Drops many at once, so that the cost per request is constant.
        if self.latest.count > 2 * Self.limit { self.latest.removeFirst(Self.limit) }
    }
}

/// Answers the requests on the agent stream, in agentctl's words.
final class MockAgentStream: Sendable {
    let agent: ScriptedAgent
    let turns: AgentTurns
    private let faults: FaultTable
    private let work: WorkQueue
    private let clock: any Clock<Duration>
    /// The requests of clients so far.
    let requests = Watched(RequestLog())

    init(_ agent: ScriptedAgent, faults: FaultTable, work: WorkQueue, clock: any Clock<Duration>) {
        (self.agent, self.faults, self.work, self.clock) = (agent, faults, work, clock)
        self.turns = AgentTurns(agent, work: work, clock: clock)
    }

    /// Takes one message; one that is not JSON, or has no id, is skipped.
    func receive(_ message: WebSocketMessage, on socket: MockSocket) {
        guard let json = try? MockJSON(parsing: message.bytes), let id = json["id"]?.text else { return }
        guard json["type"]?.text == "request", let action = json["action"]?.text else {
            return self.agent.received(answer: json, id: id)
        }
        self.requests.update { $0.append(json) }
        let call = AgentCall(id: id, action: action, payload: json["payload"] ?? [:])
        let reply = AgentReply(call: call, socket: socket, events: self.agent.events)
        guard let fault = self.faults.take(action) else { return self.handle(call, reply) }
        self.answer(call, reply, with: fault)
    }

    private func answer(_ call: AgentCall, _ reply: AgentReply, with fault: AnswerFault.Kind) {
        switch fault {
        case .silence: break
        case .twice: self.handle(call, reply.changed(.twice))
        case .otherID: self.handle(call, reply.changed(.otherID))
        case .drop: self.handle(call, reply.changed(.drop))
        case .failure(_, let message): reply.fail("INTERNAL_ERROR", message)
        case .late(let duration):
            self.work.add {
                guard (try? await self.clock.sleep(for: duration)) != nil else { return }
                self.handle(call, reply)
            }
        }
    }

    // MARK: Actions

    private func handle(_ call: AgentCall, _ reply: AgentReply) {
        switch call.action {
        case "agent.stderr":
            let lines = self.agent.process.run?.standardError ?? []
            reply.succeed(["lines": .array(lines.map { .string($0) })])
        case "agent.permissions.list": self.listPermissions(reply)
        case "agent.permissions.respond", "agent.permissions.resolve", "agent.permissions.cancel":
            self.resolvePermission(call, reply)
        case "agent.initialize", "agent.session.new", "agent.session.load", "agent.session.reset", "agent.prompt",
            "agent.cancel", "agent.session.set_mode", "agent.session.set_model", "agent.session.set_config_option",
            "agent.session.authenticate":
            // Only a process that was never started is missed; to one that has ended, everything is written.
            guard self.agent.process.run != nil else { return reply.fail("INTERNAL_ERROR", "agent not running") }
            self.handleWithAgent(call, reply)
        default: reply.fail("UNKNOWN_ACTION", "unknown action: \(call.action)")
        }
    }

    private func handleWithAgent(_ call: AgentCall, _ reply: AgentReply) {
        switch call.action {
        case "agent.initialize": self.initialize(reply)
        case "agent.prompt": self.prompt(call, reply)
        case "agent.cancel": self.cancel(reply)
        case "agent.session.set_mode":
            reply.succeed(["success": true])
            let mode = call.payload["mode_id"] ?? ""
            self.postMode(mode, withChoices: true)
            self.postMode(mode, withChoices: false)
        case "agent.session.set_model": reply.succeed(["success": true])
        case "agent.session.set_config_option":
            Self.refuse("set session config option", "session/set_config_option", reply)
        case "agent.session.authenticate": Self.refuse("authenticate", "authenticate", reply)
        default: self.openSession(call, reply)
        }
    }

    private static func refuse(_ name: String, _ method: String, _ reply: AgentReply) {
        let error = "{\"code\":-32601,\"message\":\"Method not found: \(method)\"}"
        reply.fail("INTERNAL_ERROR", "\(name) failed: \(error)")
    }

    private func initialize(_ reply: AgentReply) {
        let count = self.agent.process.update { run in
            run.initializations += 1
            return run.initializations
        }
        // agentctl never answers a second one.
        guard count == 1 else { return }
        self.agent.postCapabilities()
        let script = self.agent.script
        reply.succeed([
            "success": true, "agent_info": ["name": .string(script.name), "version": .string(script.version)],
        ])
    }

    // MARK: Turns

    private func prompt(_ call: AgentCall, _ reply: AgentReply) {
        guard !self.agent.process.isDeleted else {
            self.agent.postError(text: "context canceled")
            return reply.succeed(["success": true])
        }
        guard self.agent.process.isRunning else {
            reply.succeed(["success": true])
            return self.agent.postError(.internalError("write |1: file already closed"))
        }
        guard self.agent.process.run?.session != nil else {
            return reply.fail("BAD_REQUEST", "no active session - call new_session first")
        }
        let turn = AgentTurns.Turn(
            text: call.payload["text"]?.text ?? "",
            generation: call.payload["prompt_generation"].flatMap { $0 == 0 ? nil : $0 }
        )
        if self.agent.script.startsBeforeAnswer {
            self.agent.post(["type": "reasoning", "reasoning_text": "Thinking before the answer"])
        }
        reply.succeed(["success": true])
        for request in self.agent.permissions.takeAll() {
            self.agent.postCancellation(of: request)
            request.outcome.resolve(.cancelled)
        }
        self.turns.add(turn)
    }

    private func cancel(_ reply: AgentReply) {
        guard self.agent.script.acknowledgesCancel else {
            return reply.succeed(["success": true, "not_acknowledged": true])
        }
        let turns = self.turns.cancelAll()
        guard !turns.isEmpty else { return reply.succeed(["success": true]) }
        self.work.add {
            // The turns limit their own time: they end at once.
            for turn in turns { _ = try? await turn.ended.waitUnlessCancelled() }
            reply.succeed(["success": true])
        }
    }

    /// The agent was stopped, or the instance deleted: its turns end without a word.
    func stopTurns() { _ = self.turns.cancelAll() }

    // MARK: Permissions

    private func listPermissions(_ reply: AgentReply) {
        let (pending, ids) = (self.agent.permissions.pending, self.agent.ids)
        let entries = pending.map { $0.entry(task: ids.task, managerSession: ids.session) }
        reply.succeed(["permissions": .array(entries), "total": .integer(Int64(entries.count))])
    }

    private func resolvePermission(_ call: AgentCall, _ reply: AgentReply) {
        let pendingID = call.payload["pending_id"]?.text ?? ""
        let isOld = call.action == "agent.permissions.respond"
        let isCancel = call.action == "agent.permissions.cancel" || call.payload["cancelled"] == true
        let choice = call.payload["option_id"]?.text ?? ""
        let outcome = isCancel ? PermissionTable.Outcome.cancelled : .selected(choice)
        let request: PermissionTable.Request
        do {
            let requestID = isOld ? nil : call.payload["request_id"]?.text ?? ""
            request = try self.agent.permissions.take(pendingID, requestID: requestID, outcome)
        } catch {
            return self.refuse(error, pendingID, isOld: isOld, reply)
        }
        if isOld {
            reply.succeed(["success": true])
        } else {
            var payload: MockJSON = ["request_id": .string(request.requestID), "pending_id": .string(pendingID)]
            if !isCancel {
                let kind = request.permission.options.first { $0.id == choice }?.kind ?? ""
                payload = payload.setting("option_id", .string(choice)).setting("option_kind", .string(kind))
            }
            reply.succeed(payload.setting("status", isCancel ? "cancelled" : "resolved"))
        }
        if isCancel { self.agent.postCancellation(of: request) }
        request.outcome.resolve(outcome)
    }

    private func refuse(_ refusal: PermissionTable.Refusal, _ pendingID: String, isOld: Bool, _ reply: AgentReply) {
        guard isOld else {
            let details: MockJSON = ["permission_code": .string(refusal.rawValue)]
            return reply.fail(refusal.code, refusal.rawValue, details: details)
        }
        // The older action does not distinguish a request that was answered from one that never was.
        let isUnknown = refusal != .optionNotOffered
        let reason = isUnknown ? PermissionTable.Refusal.notFound : refusal
        reply.fail(reason.code, "pending permission \(pendingID): \(reason.rawValue)")
    }
}

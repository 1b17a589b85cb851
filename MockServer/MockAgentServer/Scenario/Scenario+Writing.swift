import WebSocketProtocol
import WorkspaceProtocol

extension Scenario {
    /// The scenario in the form of a file; ``init(json:)`` reads it back.
    ///
    /// Texts that are not UTF-8, and members with their default values, are written in their longest form.
    public var json: MockJSON {
        var json: MockJSON = [:]
        if self.attempts.count == 1, let steps = self.attempts.first {
            json = json.setting("steps", .array(steps.map(\.json)))
        } else {
            json = json.setting("attempts", .array(self.attempts.map { ["steps": .array($0.map(\.json))] }))
        }
        if self.agent != AgentScript() { json = json.setting("agent", self.agent.json) }
        if !self.processes.isEmpty { json = json.setting("processes", .array(self.processes.map(\.json))) }
        if self.faults != MockFaults() { json = json.setting("faults", self.faults.json) }
        return json
    }
}

extension ScenarioStep {
    /// The step in the form of a file.
    var json: MockJSON {
        let json: MockJSON = ["step": .string(self.name)]
        switch self {
        case .dropUpgrade, .skipAttach, .cut: return json
        case .holdUpgrade(let duration), .stall(let duration):
            return json.setting("seconds", duration.map(MockJSON.init(seconds:)))
        case .wait(let duration): return json.setting("seconds", MockJSON(seconds: duration))
        case .refuseUpgrade(let status, let fields, let body):
            return json.setting("status", .integer(Int64(status)))
                .setting("fields", .object(fields.map { MockJSON.Member($0.name, .string($0.value)) }))
                .setting("body", .string(String(decoding: body, as: UTF8.self)))
        case .send(let events, let rate, let count):
            return json.setting("events", .array(events.map(MockJSON.init(event:))))
                .setting("rate", rate.map { .number($0) }).setting("repeat", .integer(Int64(count)))
        case .generate(let events): return Self.json(events, json)
        case .waitForCommand(let type): return json.setting("type", .string(type.rawValue))
        case .close(let code, let reason):
            return json.setting("code", .integer(Int64(code.rawValue))).setting("reason", .string(reason))
        case .garbage(let bytes), .ping(let bytes):
            return json.setting("bytes", .array(bytes.map { .integer(Int64($0)) }))
        case .splitFrame(let event, let index, let pause):
            return json.setting("event", MockJSON(event: event)).setting("at", .integer(Int64(index)))
                .setting("seconds", MockJSON(seconds: pause))
        case .fragment(let event, let size):
            return json.setting("event", MockJSON(event: event)).setting("size", .integer(Int64(size)))
        case .loop(let steps, let count):
            return json.setting("steps", .array(steps.map(\.json)))
                .setting("count", count.map { .integer(Int64($0)) })
        }
    }

    private static func json(_ events: GeneratedEvents, _ json: MockJSON) -> MockJSON {
        var json = json
        switch events.kind {
        case .mix: json = json.setting("kind", "mix")
        case .text(let bytes): json = json.setting("kind", "text").setting("bytes", .integer(Int64(bytes)))
        }
        return json.setting("count", events.count.map { .integer(Int64($0)) })
            .setting("rate", events.rate.map { .number($0) })
            .setting("seed", .integer(Int64(bitPattern: events.seed)))
    }
}

extension MockJSON {
    fileprivate init(seconds duration: Duration) { self = .number(duration / .seconds(1)) }

    /// A message of the workspace stream as on the wire.
    fileprivate init(event: WorkspaceEvent) {
        // What the encoder writes is JSON; a malformed message is one only by accident.
        self = (try? MockJSON(parsing: WorkspaceEventEncoder().encode(event))) ?? .null
    }
}

extension MockProcess {
    fileprivate var json: MockJSON {
        let steps = self.steps.map { step -> MockJSON in
            switch step {
            case .output(let text): ["output": .string(text)]
            case .errorOutput(let text): ["errorOutput": .string(text)]
            case .wait(let duration): ["seconds": MockJSON(seconds: duration)]
            case .exit(let code): ["exit": .integer(Int64(code))]
            }
        }
        let json: MockJSON = ["command": .string(self.command)]
        return json.setting("workingDirectory", self.workingDirectory.map { .string($0) })
            .setting("steps", .array(steps)).setting("startError", self.startError.map { .string($0) })
    }
}

extension MockFaults {
    fileprivate var json: MockJSON {
        [
            "answers": .array(self.answers.map(\.json)), "replay": .string(self.replay.rawValue),
            "lostMessages": .array(self.lostMessages.sorted().map { .integer(Int64($0)) }),
            "ignoredPings": .integer(Int64(self.ignoredPings)),
            "ignoredPingCommands": .integer(Int64(self.ignoredPingCommands)),
        ]
    }
}

extension AnswerFault {
    fileprivate var json: MockJSON {
        let json: MockJSON = ["request": .string(self.request)]
        let kind =
            switch self.kind {
            case .silence: json.setting("kind", "silence")
            case .twice: json.setting("kind", "twice")
            case .otherID: json.setting("kind", "otherID")
            case .drop: json.setting("kind", "drop")
            case .late(let duration): json.setting("kind", "late").setting("seconds", MockJSON(seconds: duration))
            case .failure(let status, let message):
                json.setting("kind", "failure").setting("status", .integer(Int64(status)))
                    .setting("message", .string(message))
            }
        return kind.setting("after", .integer(Int64(self.after)))
            .setting("count", self.count.map { .integer(Int64($0)) })
    }
}

extension AgentScript {
    fileprivate var json: MockJSON {
        [
            "name": .string(self.name), "version": .string(self.version),
            "acknowledgesCancel": .bool(self.acknowledgesCancel),
            "startsBeforeAnswer": .bool(self.startsBeforeAnswer), "steps": .array(self.steps.map(\.json)),
        ]
    }
}

extension AgentStep {
    fileprivate var json: MockJSON {
        switch self {
        case .event(let event): ["step": "event", "event": event]
        case .wait(let duration): ["step": "wait", "seconds": MockJSON(seconds: duration)]
        case .ticks(let count, let pause):
            ["step": "ticks", "count": .integer(Int64(count)), "seconds": MockJSON(seconds: pause)]
        case .permission(let permission):
            [
                "step": "permission", "toolCallID": .string(permission.toolCallID),
                "title": .string(permission.title), "command": .string(permission.command),
                "options": .array(
                    permission.options.map {
                        ["id": .string($0.id), "name": .string($0.name), "kind": .string($0.kind)]
                    }
                ),
            ]
        case .tellOutcome: ["step": "tellOutcome"]
        case .hang: ["step": "hang"]
        case .standardError(let line): ["step": "standardError", "text": .string(line)]
        case .when(let text, let steps):
            ["step": "when", "text": .string(text), "steps": .array(steps.map(\.json))]
        case .request(let action, let payload): ["step": "request", "action": .string(action), "payload": payload]
        case .fail(let error): ["step": "fail", "error": error]
        case .crash(let code): ["step": "crash", "exitCode": .integer(Int64(code))]
        case .complete(let reason): ["step": "complete", "stopReason": .string(reason)]
        }
    }
}

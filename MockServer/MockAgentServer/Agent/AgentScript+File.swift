extension AgentScript {
    /// Reads the member `agent` of a scenario file.
    init(_ object: ScenarioObject) throws(MockServerError) {
        try object.allowOnly(["name", "version", "acknowledgesCancel", "startsBeforeAnswer", "steps"])
        self.init()
        if let name = try object.optional("name", object.string) { self.name = name }
        if let version = try object.optional("version", object.string) { self.version = version }
        if let value = try object.optional("acknowledgesCancel", object.bool) { self.acknowledgesCancel = value }
        if let value = try object.optional("startsBeforeAnswer", object.bool) { self.startsBeforeAnswer = value }
        if object.has("steps") { self.steps = try object.objects("steps", AgentStep.read(_:)) }
    }

    /// Checks that every step is possible.
    func validate(at path: String) throws(MockServerError) { try AgentStep.validate(self.steps, at: "\(path).steps") }
}

extension AgentStep {
    private typealias Read = @Sendable (ScenarioObject) throws(MockServerError) -> AgentStep

    /// The members of each step, and how it is read.
    private static let forms: [String: (members: Set<String>, read: Read)] = [
        "event": (["event"], { step throws(MockServerError) in .event(try step.json("event")) }),
        "wait": (["seconds"], { step throws(MockServerError) in .wait(try step.seconds("seconds")) }),
        "ticks": (
            ["count", "seconds"],
            { step throws(MockServerError) in
                .ticks(count: try step.integer("count"), every: try step.seconds("seconds"))
            }
        ),
        "permission": (["toolCallID", "title", "command", "options"], Self.permission),
        "tellOutcome": ([], { _ in .tellOutcome }),
        "hang": ([], { _ in .hang }),
        "standardError": (["text"], { step throws(MockServerError) in .standardError(try step.string("text")) }),
        "when": (
            ["text", "steps"],
            { step throws(MockServerError) in
                .when(try step.string("text"), try step.objects("steps", AgentStep.read(_:)))
            }
        ),
        "request": (
            ["action", "payload"],
            { step throws(MockServerError) in
                .request(action: try step.string("action"), payload: try step.optional("payload", step.json) ?? [:])
            }
        ),
        "fail": (["error"], { step throws(MockServerError) in .fail(try step.json("error")) }),
        "crash": (["exitCode"], { step throws(MockServerError) in .crash(exitCode: try step.integer("exitCode")) }),
        "complete": (
            ["stopReason"],
            { step throws(MockServerError) in
                .complete(stopReason: try step.optional("stopReason", step.string) ?? "end_turn")
            }
        ),
    ]

    static func read(_ object: ScenarioObject) throws(MockServerError) -> AgentStep {
        let name = try object.string("step")
        guard let form = self.forms[name] else {
            let names = self.forms.keys.sorted().joined(separator: ", ")
            throw object.error("There is no step \"\(name)\" of an agent; use one of \(names).", at: "step")
        }
        try object.allowOnly(form.members.union(["step"]))
        return try form.read(object)
    }

    private static func permission(_ step: ScenarioObject) throws(MockServerError) -> AgentStep {
        var permission = MockAgentPermission(
            toolCallID: try step.string("toolCallID"),
            title: try step.string("title"),
            command: try step.string("command")
        )
        if step.has("options") {
            permission.options = try step.objects("options") { choice throws(MockServerError) in
                try choice.allowOnly(["id", "name", "kind"])
                return MockAgentPermission.Option(
                    id: try choice.string("id"),
                    name: try choice.string("name"),
                    kind: try choice.string("kind")
                )
            }
        }
        return .permission(permission)
    }

    static func validate(_ steps: [AgentStep], at path: String) throws(MockServerError) {
        for (index, step) in steps.enumerated() { try step.validate(at: "\(path)[\(index)]") }
    }

    private func validate(at path: String) throws(MockServerError) {
        switch self {
        case .event(let event):
            try ScenarioStep.require(event["type"]?.text != nil, "an event is an object with a type", at: path)
        case .wait(let duration): try ScenarioStep.validate(duration, at: path)
        case .ticks(let count, let pause):
            try ScenarioStep.require(count >= 1, "a count is 1 or more, got \(count)", at: path)
            try ScenarioStep.validate(pause, at: path)
        case .permission(let permission):
            try ScenarioStep.require(!permission.options.isEmpty, "a permission needs a possible answer", at: path)
        case .when(_, let steps): try Self.validate(steps, at: "\(path).steps")
        case .crash(let code): try ScenarioStep.require(code > 0, "exitCode is 1 or more, got \(code)", at: path)
        case .tellOutcome, .hang, .standardError, .request, .fail, .complete: break
        }
    }
}

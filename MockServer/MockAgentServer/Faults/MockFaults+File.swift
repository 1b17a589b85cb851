extension MockFaults {
    /// Reads the member `faults` of a scenario file.
    init(_ object: ScenarioObject) throws(MockServerError) {
        try object.allowOnly(["answers", "replay", "lostMessages", "ignoredPings", "ignoredPingCommands"])
        self.init()
        if object.has("answers") { self.answers = try object.objects("answers", AnswerFault.init(_:)) }
        if let name = try object.optional("replay", object.string) {
            guard let replay = Replay(rawValue: name) else {
                let names = Replay.allCases.map(\.rawValue).joined(separator: ", ")
                throw object.error("There is no replay \"\(name)\"; use one of \(names).", at: "replay")
            }
            self.replay = replay
        }
        if object.has("lostMessages") { self.lostMessages = Set(try object.counts("lostMessages")) }
        self.ignoredPings = try object.optional("ignoredPings", object.count) ?? 0
        self.ignoredPingCommands = try object.optional("ignoredPingCommands", object.count) ?? 0
    }
}

extension AnswerFault {
    fileprivate init(_ object: ScenarioObject) throws(MockServerError) {
        let kind = try object.string("kind")
        let own: Set<String> = kind == "late" ? ["seconds"] : kind == "failure" ? ["status", "message"] : []
        try object.allowOnly(own.union(["request", "kind", "after", "count"]))
        self.init(
            try object.string("request"),
            try Self.kind(kind, object),
            after: try object.optional("after", object.count) ?? 0,
            count: try object.optional("count", object.count)
        )
    }

    private static func kind(_ name: String, _ object: ScenarioObject) throws(MockServerError) -> Kind {
        switch name {
        case "silence": return .silence
        case "twice": return .twice
        case "otherID": return .otherID
        case "drop": return .drop
        case "late": return .late(try object.seconds("seconds"))
        case "failure":
            let status = try object.optional("status", object.integer) ?? 500
            return .failure(status: status, message: try object.optional("message", object.string) ?? "fault")
        default:
            let names = "drop, failure, late, otherID, silence, twice"
            throw object.error("There is no kind \"\(name)\"; use one of \(names).", at: "kind")
        }
    }

    func validate(at path: String) throws(MockServerError) {
        try ScenarioStep.require(!self.request.isEmpty, "request names an action, or a method and a path", at: path)
        try ScenarioStep.require(self.after >= 0, "after is 0 or more, got \(self.after)", at: path)
        try ScenarioStep.require((self.count ?? 1) >= 0, "count is 0 or more, got \(self.count ?? 0)", at: path)
        switch self.kind {
        case .late(let duration): try ScenarioStep.validate(duration, at: path)
        case .failure(let status, _):
            try ScenarioStep.require((400...599).contains(status), "status is 400 to 599, got \(status)", at: path)
        case .silence, .twice, .otherID, .drop: break
        }
    }
}

extension MockProcess {
    /// Reads one element of the member `processes` of a scenario file.
    init(_ object: ScenarioObject) throws(MockServerError) {
        try object.allowOnly(["command", "workingDirectory", "steps", "startError"])
        self.init(try object.string("command"))
        self.workingDirectory = try object.optional("workingDirectory", object.string)
        self.startError = try object.optional("startError", object.string)
        if object.has("steps") { self.steps = try object.objects("steps", Self.step(_:)) }
    }

    private static func step(_ object: ScenarioObject) throws(MockServerError) -> Step {
        let names = ["output", "errorOutput", "seconds", "exit"]
        try object.allowOnly(Set(names))
        let present = names.filter(object.has)
        guard present.count == 1, let name = present.first else {
            throw object.error("A step of a process has one member: \(names.joined(separator: ", ")).")
        }
        switch name {
        case "output": return .output(try object.string(name))
        case "errorOutput": return .errorOutput(try object.string(name))
        case "seconds": return .wait(try object.seconds(name))
        default: return .exit(try object.integer(name))
        }
    }

    func validate(at path: String) throws(MockServerError) {
        try ScenarioStep.require(!self.command.isEmpty, "a process needs a command", at: path)
        for step in self.steps {
            if case .wait(let duration) = step { try ScenarioStep.validate(duration, at: path) }
        }
    }
}

extension ScenarioObject {
    /// A whole number that is not negative.
    fileprivate func count(_ name: String) throws(MockServerError) -> Int {
        let number = try self.integer(name)
        guard number >= 0 else { throw self.error("A count is 0 or more, got \(number).", at: name) }
        return number
    }

    fileprivate func counts(_ name: String) throws(MockServerError) -> [Int] {
        var counts: [Int] = []
        for (index, value) in try self.array(name).enumerated() {
            guard let number = value.integer, number >= 0 else {
                throw self.error("This must be a whole number from 0, got \(value.excerpt).", at: "\(name)[\(index)]")
            }
            counts.append(number)
        }
        return counts
    }
}

import WebSocketProtocol
import WorkspaceProtocol

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension Scenario {
    /// Returns a built-in scenario, or reads one from a file.
    ///
    /// - Parameter nameOrPath: One of ``builtIn``, else the path of a JSON file.
    /// - Returns: The scenario, already validated.
    /// - Throws: ``MockServerError`` with `scenarioNotFound` or `invalidScenario`.
    public static func load(_ nameOrPath: String) throws(MockServerError) -> Scenario {
        if let scenario = self.builtIn[nameOrPath] { return scenario }
        guard let json = ScenarioFile.contents(of: nameOrPath) else {
            let names = self.builtIn.keys.sorted().joined(separator: ", ")
            let message = "There is no readable file \"\(nameOrPath)\"; give a path, or one of \(names)."
            throw MockServerError(.scenarioNotFound, message)
        }
        return try Scenario(json: Data(json))
    }

    /// Reads a scenario; see ``Scenario`` for the format.
    ///
    /// - Parameter json: The contents of a scenario file.
    /// - Throws: ``MockServerError`` with `invalidScenario`; it names the place and the value, and says what to do.
    public init(json: Data) throws(MockServerError) {
        let value: MockJSON
        do {
            value = try MockJSON(parsing: json)
        } catch {
            throw MockServerError(.invalidScenario, "The scenario is not JSON.", cause: error)
        }
        let root = try ScenarioObject(value, at: "")
        try root.allowOnly(["$schema", "steps", "attempts", "agent", "processes", "faults"])
        self.init(attempts: try Self.attempts(in: root))
        if let agent = try root.optional("agent", root.object) { self.agent = try AgentScript(agent) }
        if root.has("processes") { self.processes = try root.objects("processes", MockProcess.init(_:)) }
        if let faults = try root.optional("faults", root.object) { self.faults = try MockFaults(faults) }
        try self.validate()
    }

    private static func attempts(in root: ScenarioObject) throws(MockServerError) -> [[ScenarioStep]] {
        guard root.has("attempts") else {
            let isRest = root.has("agent") || root.has("processes") || root.has("faults")
            return [isRest && !root.has("steps") ? [] : try ScenarioStep.list(in: root, "steps")]
        }
        guard !root.has("steps") else { throw root.error("Use either steps or attempts, not both.") }
        var attempts: [[ScenarioStep]] = []
        for (index, value) in try root.array("attempts").enumerated() {
            let attempt = try ScenarioObject(value, at: "attempts[\(index)]")
            try attempt.allowOnly(["steps"])
            attempts.append(try ScenarioStep.list(in: attempt, "steps"))
        }
        return attempts
    }
}

extension ScenarioStep {
    static func list(in object: ScenarioObject, _ name: String) throws(MockServerError) -> [ScenarioStep] {
        let prefix = object.path.isEmpty ? name : "\(object.path).\(name)"
        var steps: [ScenarioStep] = []
        for (index, value) in try object.array(name).enumerated() {
            steps.append(try self.step(try ScenarioObject(value, at: "\(prefix)[\(index)]")))
        }
        return steps
    }

    private typealias Read = @Sendable (ScenarioObject) throws(MockServerError) -> ScenarioStep

    /// The members of each step, and how it is read.
    private static let forms: [String: (members: Set<String>, read: Read)] = [
        "holdUpgrade": (["seconds"], { step throws(MockServerError) in .holdUpgrade(try step.optionalSeconds()) }),
        "refuseUpgrade": (["status", "fields", "body"], Self.refusal),
        "dropUpgrade": ([], { _ in .dropUpgrade }),
        "skipAttach": ([], { _ in .skipAttach }),
        "send": (["events", "rate", "repeat"], Self.send),
        "generate": (["kind", "bytes", "count", "rate", "seed"], Self.generate),
        "wait": (["seconds"], { step throws(MockServerError) in .wait(try step.seconds("seconds")) }),
        "waitForCommand": (["type"], Self.waitForCommand),
        "close": (["code", "reason"], Self.close),
        "cut": ([], { _ in .cut }),
        "stall": (["seconds"], { step throws(MockServerError) in .stall(try step.optionalSeconds()) }),
        "garbage": (["text", "bytes"], { step throws(MockServerError) in .garbage(try step.bytes()) }),
        "splitFrame": (["event", "at", "seconds"], Self.splitFrame),
        "fragment": (["event", "size"], Self.fragment),
        "ping": (["text", "bytes"], { step throws(MockServerError) in .ping(try step.bytes()) }),
        "loop": (["steps", "count"], Self.loop),
    ]

    private static func step(_ object: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        let name = try object.string("step")
        guard let form = self.forms[name] else {
            let names = self.forms.keys.sorted().joined(separator: ", ")
            throw object.error("There is no step \"\(name)\"; use one of \(names).", at: "step")
        }
        try object.allowOnly(form.members.union(["step"]))
        return try form.read(object)
    }

    private static func refusal(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        var fields: HTTPFields = [:]
        for field in try step.optional("fields", step.strings) ?? [] {
            fields.append(name: field.name, value: field.value)
        }
        let body = try step.optional("body", step.string) ?? ""
        return .refuseUpgrade(status: try step.integer("status"), fields: fields, body: Array(body.utf8))
    }

    private static func send(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        .send(
            try step.events("events"),
            rate: try step.optional("rate", step.number),
            repeat: try step.optional("repeat", step.integer) ?? 1
        )
    }

    private static func generate(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        var events = GeneratedEvents()
        events.count = try step.optional("count", step.integer)
        events.rate = try step.optional("rate", step.number)
        events.seed = UInt64(bitPattern: Int64(try step.optional("seed", step.integer) ?? 1))
        switch try step.optional("kind", step.string) ?? "mix" {
        case "mix" where step.has("bytes"): throw step.error("Only the kind \"text\" has bytes.", at: "bytes")
        case "mix": events.kind = .mix
        case "text": events.kind = .text(bytes: try step.integer("bytes"))
        case let kind: throw step.error("There is no kind \"\(kind)\"; use \"mix\" or \"text\".", at: "kind")
        }
        return .generate(events)
    }

    private static func waitForCommand(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        .waitForCommand(WorkspaceMessageType(rawValue: try step.string("type")))
    }

    private static func close(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        let number = try step.integer("code")
        guard let code = UInt16(exactly: number) else {
            throw step.error("A close code is 1000 to 4999, got \(number).", at: "code")
        }
        return .close(CloseCode(rawValue: code), reason: try step.optional("reason", step.string) ?? "")
    }

    private static func splitFrame(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        let pause = try step.optionalSeconds() ?? .milliseconds(10)
        return .splitFrame(try step.event("event"), at: try step.integer("at"), pause: pause)
    }

    private static func fragment(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        .fragment(try step.event("event"), size: try step.integer("size"))
    }

    private static func loop(_ step: ScenarioObject) throws(MockServerError) -> ScenarioStep {
        .loop(try self.list(in: step, "steps"), count: try step.optional("count", step.integer))
    }
}

extension ScenarioObject {
    /// The member `seconds`; nil if it is missing.
    func optionalSeconds() throws(MockServerError) -> Duration? {
        try self.optional("seconds", self.seconds)
    }
}

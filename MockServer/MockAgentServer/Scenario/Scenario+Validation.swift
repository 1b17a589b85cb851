import WebSocketProtocol
import WorkspaceProtocol

extension Scenario {
    /// Checks that every step is possible.
    ///
    /// - Throws: ``MockServerError`` with `invalidScenario`; it names the place and the value, and says what to do.
    public func validate() throws(MockServerError) {
        for (index, steps) in self.attempts.enumerated() {
            // The name of this place in a file that has only the steps of one attempt.
            let path = self.attempts.count == 1 ? "steps" : "attempts[\(index)].steps"
            try ScenarioStep.validate(steps, at: path, mayPrecedeUpgrade: true)
        }
        try self.agent.validate(at: "agent")
        for (index, process) in self.processes.enumerated() { try process.validate(at: "processes[\(index)]") }
        for (index, fault) in self.faults.answers.enumerated() { try fault.validate(at: "faults.answers[\(index)]") }
    }
}

extension ScenarioStep {
    /// Whether the step comes before the answer to the handshake, or decides how the connection opens.
    var precedesUpgrade: Bool {
        switch self {
        case .holdUpgrade, .refuseUpgrade, .dropUpgrade, .skipAttach: true
        default: false
        }
    }

    /// Checks each step; steps before the handshake must come first, and must not occur if they are not allowed.
    static func validate(
        _ steps: [ScenarioStep],
        at path: String,
        mayPrecedeUpgrade: Bool
    ) throws(MockServerError) {
        var mayPrecedeUpgrade = mayPrecedeUpgrade
        for (index, step) in steps.enumerated() {
            let path = "\(path)[\(index)]"
            guard mayPrecedeUpgrade || !step.precedesUpgrade else {
                let rule = "steps before the upgrade come first and not in a loop; move it to the front"
                throw MockServerError(.invalidScenario, "\(step.name) is too late: \(rule).", at: path)
            }
            mayPrecedeUpgrade = mayPrecedeUpgrade && step.precedesUpgrade
            try step.validate(at: path)
        }
    }

    private func validate(at path: String) throws(MockServerError) {
        switch self {
        case .refuseUpgrade(let status, let fields, _):
            try Self.require((300...599).contains(status), "status is 300 to 599, got \(status)", at: path)
            try Self.validate(fields, at: path)
        case .send(_, let rate, let count):
            try Self.validate(rate: rate, count: count, at: path)
        case .generate(let events):
            try Self.validate(rate: events.rate, count: events.count, at: path)
            try Self.validate(events.kind, at: path)
        case .close(let code, _):
            let rule = "code is 1000 to 1003, 1007 to 1014 or 3000 to 4999, got \(code)"
            try Self.require(code.isValidOnTheWire, rule, at: path)
        case .ping(let payload):
            try Self.require(payload.count <= 125, "a Ping carries 125 bytes at most, got \(payload.count)", at: path)
        case .fragment(_, let size): try Self.require(size > 0, "size is 1 or more, got \(size)", at: path)
        case .splitFrame(_, let index, let pause):
            try Self.require(index > 0, "at is 1 or more, got \(index)", at: path)
            try Self.validate(pause, at: path)
        case .loop(let steps, let count): try Self.validate(loop: steps, count: count, at: path)
        case .holdUpgrade(let duration?), .stall(let duration?), .wait(let duration):
            try Self.validate(duration, at: path)
        case .holdUpgrade, .stall, .dropUpgrade, .skipAttach, .waitForCommand, .cut, .garbage: break
        }
    }

    static func require(_ condition: Bool, _ rule: String, at path: String) throws(MockServerError) {
        guard condition else { throw MockServerError(.invalidScenario, "\(rule).", at: path) }
    }

    static func validate(_ duration: Duration, at path: String) throws(MockServerError) {
        try self.require(duration >= .zero, "a time must not be negative, got \(duration)", at: path)
    }

    private static func validate(rate: Double?, count: Int?, at path: String) throws(MockServerError) {
        let rateRule = "rate is more than 0 per second; leave it out to send as fast as possible"
        try self.require(rate.map { $0 > 0 && $0.isFinite } ?? true, "\(rateRule), got \(rate ?? 0)", at: path)
        try self.require((count ?? 1) >= 1, "a count is 1 or more, got \(count ?? 0)", at: path)
    }

    private static func validate(_ kind: GeneratedEvents.Kind, at path: String) throws(MockServerError) {
        guard case .text(let bytes) = kind else { return }
        let range = EventGenerator.minimumTextBytes...EventGenerator.maximumTextBytes
        let rule = "bytes is \(range.lowerBound) to \(range.upperBound), got \(bytes)"
        try self.require(range.contains(bytes), rule, at: path)
    }

    private static func validate(_ fields: HTTPFields, at path: String) throws(MockServerError) {
        do throws(HandshakeError) {
            try fields.validate()
        } catch {
            throw MockServerError(.invalidScenario, error.message, at: path, cause: error)
        }
    }

    private static func validate(loop steps: [ScenarioStep], count: Int?, at path: String) throws(MockServerError) {
        try self.require((count ?? 1) >= 1, "a count is 1 or more, got \(count ?? 0)", at: path)
        try self.require(!steps.isEmpty, "a loop needs a step", at: path)
        try self.validate(steps, at: "\(path).steps", mayPrecedeUpgrade: false)
    }

    /// The name of the step in a file.
    var name: String {
        switch self {
        case .holdUpgrade: "holdUpgrade"
        case .refuseUpgrade: "refuseUpgrade"
        case .dropUpgrade: "dropUpgrade"
        case .skipAttach: "skipAttach"
        case .send: "send"
        case .generate: "generate"
        case .wait: "wait"
        case .waitForCommand: "waitForCommand"
        case .close: "close"
        case .cut: "cut"
        case .stall: "stall"
        case .garbage: "garbage"
        case .splitFrame: "splitFrame"
        case .fragment: "fragment"
        case .ping: "ping"
        case .loop: "loop"
        }
    }
}

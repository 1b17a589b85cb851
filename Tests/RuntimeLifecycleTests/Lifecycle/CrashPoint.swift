@testable import RuntimeLifecycle

/// One verb that dies, or whose runtime dies, right after one step.
struct CrashPoint: Sendable, CustomStringConvertible {
    /// As ``lifecycle-actor`` calls it.
    let verb: String
    let step: Step
    var flags: [String] = []

    var description: String { "\(self.verb) at \(self.step.rawValue)" }

    /// Whether a runtime runs before the verb.
    var needsRuntime: Bool { self.verb != "getOrStart" }

    /// Every step of every list: a step that is added to the code is added here.
    static let all: [CrashPoint] =
        Self.points("getOrStart", Step.start) + Self.points("stop", Step.stop)
        + Self.points("restart", Step.restart) + Self.points("complain", Step.giveUp, ["--attempts", "0"])

    private static func points(_ verb: String, _ steps: [Step], _ flags: [String] = []) -> [CrashPoint] {
        steps.map { CrashPoint(verb: verb, step: $0, flags: flags) }
    }

    /// The points at which the generation at hand has a process that could die.
    static let withRuntime: [CrashPoint] = Self.all.filter { point in
        let withProcess: Set<Step> = [
            .leftoversInspected, .childWritten, .childRecorded, .committed, .identityProven, .runningWritten,
            .runningRecorded, .stoppingWritten, .stoppingRecorded, .endRequested, .budgetWritten, .budgetRecorded,
        ]
        return withProcess.contains(point.step) && (point.needsRuntime || point.step != .leftoversInspected)
    }
}

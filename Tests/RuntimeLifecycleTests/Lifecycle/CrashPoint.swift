@testable import RuntimeLifecycle

/// One verb that is killed right after one step, or whose runtime is killed there.
struct CrashPoint: Sendable, CustomStringConvertible {
    /// The name of the verb for `lifecycle-actor`.
    let verb: String
    let step: LifecycleStep
    var flags: [String] = []

    var description: String { "\(self.verb) at \(self.step.rawValue)" }

    /// Whether a runtime must run before the verb.
    var needsRuntime: Bool { self.verb != "getOrStart" }

    /// Every step of every list; new steps in the code are added automatically.
    static let all: [CrashPoint] =
        Self.points("getOrStart", LifecycleStep.start) + Self.points("stop", LifecycleStep.stop)
        + Self.points("restart", LifecycleStep.restart)
        + Self.points("complain", LifecycleStep.giveUp, ["--attempts", "0"])

    private static func points(_ verb: String, _ steps: [LifecycleStep], _ flags: [String] = []) -> [CrashPoint] {
        steps.map { CrashPoint(verb: verb, step: $0, flags: flags) }
    }

    /// The points at which the current generation has a process that can be killed.
    static let withRuntime: [CrashPoint] = Self.all.filter { point in
        let withProcess: Set<LifecycleStep> = [
            .leftoversInspected, .childWritten, .childRecorded, .committed, .identityProven, .runningWritten,
            .runningRecorded, .stoppingWritten, .stoppingRecorded, .endRequested, .budgetWritten, .budgetRecorded,
        ]
        return withProcess.contains(point.step) && (point.needsRuntime || point.step != .leftoversInspected)
    }
}

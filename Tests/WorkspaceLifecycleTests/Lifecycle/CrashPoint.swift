@testable import WorkspaceLifecycle

/// One verb that dies, or whose runtime dies, right after one step.
struct CrashPoint: Sendable, CustomStringConvertible {
    let verb: Verb
    let step: Step

    var description: String { "\(self.verb.rawValue) at \(self.step.rawValue)" }

    /// Whether a runtime runs before the verb.
    var needsRuntime: Bool { self.verb != .getOrStart }

    /// Every step of every list: a step that is added to the code is added here.
    static let all: [CrashPoint] =
        Step.start.map { CrashPoint(verb: .getOrStart, step: $0) } + Step.stop.map { CrashPoint(verb: .stop, step: $0) }
        + Step.restart.map { CrashPoint(verb: .restart, step: $0) }

    /// The points at which the generation at hand has a process that could die.
    static let withRuntime: [CrashPoint] = Self.all.filter { point in
        let withProcess: Set<Step> = [
            .leftoversInspected, .childWritten, .childRecorded, .committed, .identityProven, .runningWritten,
            .runningRecorded, .stoppingWritten, .stoppingRecorded, .endRequested,
        ]
        return withProcess.contains(point.step) && (point.needsRuntime || point.step != .leftoversInspected)
    }
}

/// Why a workspace is in its state, and what its calls wait for.
public struct WorkspaceExplanation: Sendable, Hashable {
    /// The content of the journal; `nil` if the workspace was never created.
    public let status: WorkspaceStatus?
    /// The request that holds the gate in this process.
    public let gateHolder: GateRequest?
    /// The requests that wait for the gate, in the order in which they will be served.
    public let gateWaiters: [GateRequest]
    /// The process that holds the start lock, if a live process has written itself down as the holder.
    public let lockHolder: LockHolder?
    /// The same as sentences, for people.
    public let sentences: [String]
}

/// Writes sentences about the state of a workspace.
struct ExplanationWriter {
    let id: WorkspaceID
    let directory: StateDirectory
    let now: Duration

    func state(_ status: WorkspaceStatus?, isLocked: Bool) -> [String] {
        guard let status else { return ["Workspace \(self.id) was never created."] }
        let generation = "generation \(status.generation)"
        let process = status.process.map { "process \($0.pid)" } ?? "no process yet"
        let words =
            switch (status.phase, status.isAlive) {
            case (.absent, _): "Nothing runs, and nothing should run; the last was \(generation)."
            case (.running, true): "It runs: \(generation), \(process), at \(status.endpoint ?? "no endpoint")."
            case (.running, false):
                "The \(process) of \(generation) ended without a stop; the next start replaces it."
            case (.starting, _) where isLocked: "A start of \(generation) is under way (\(process))."
            case (.stopping, _) where isLocked: "A stop of \(generation) is under way (\(process))."
            case (.starting, _): "A start of \(generation) was interrupted (\(process)); the next verb settles it."
            case (.stopping, _): "A stop of \(generation) was interrupted (\(process)); the next verb settles it."
            case (.failed, _): "It failed in \(generation): \(status.reason ?? "no reason recorded.")"
            }
        return [words]
    }

    func gate(_ holder: GateRequest?, _ waiters: [GateRequest]) -> [String] {
        guard let holder else { return [] }
        let first =
            "In this process \(holder.requester) holds the gate for \(holder.verb.rawValue), for \(self.now - holder.since)."
        return [first]
            + waiters.map { "\($0.requester) waits for the gate for \($0.verb.rawValue), for \(self.now - $0.since)." }
    }

    func lock(_ holder: LockHolder?) -> [String] {
        guard let holder else { return [] }
        let path = self.directory.lockFile(self.id)
        let milliseconds = SystemClock.wallMilliseconds.subtractingReportingOverflow(holder.sinceMilliseconds)
        let seconds = milliseconds.overflow ? 0 : milliseconds.partialValue / 1000
        return ["Process \(holder.process.pid) holds \(path) for \(holder.verb), for \(seconds) s."]
    }

    func lane(_ lane: Lane?) -> [String] {
        guard let lane else { return [] }
        var sentences: [String] = []
        if let pending = lane.pending {
            sentences.append(
                "\(pending.tickets.count) request(s) wait for one \(pending.verb.rawValue) after this cycle."
            )
        }
        if let due = lane.due { sentences.append("A reactive restart is due in \(max(.zero, due - self.now)).") }
        return sentences
    }

    func budget(_ status: WorkspaceStatus?) -> [String] {
        guard let status else { return [] }
        if status.hasGivenUp {
            return [
                "Reactive restarts were given up after \(status.reactiveRestarts); a restart or start allows new ones."
            ]
        }
        guard let pause = status.restartPause else { return [] }
        return ["After \(status.reactiveRestarts) reactive restart(s), the next one must wait \(pause)."]
    }
}

/// Puts into sentences what is known about a workspace.
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
            case (.absent, _): "Nothing runs, and nothing is meant to; the last was \(generation)."
            case (.running, true): "It runs: \(generation), \(process), at \(status.endpoint ?? "no endpoint")."
            case (.running, false):
                "The \(process) of \(generation) is gone without a stop; the next start replaces it."
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
        if let due = lane.due { sentences.append("Complaints will be acted on in \(max(.zero, due - self.now)).") }
        return sentences
    }

    func budget(_ status: WorkspaceStatus?) -> [String] {
        guard let status else { return [] }
        if status.hasGivenUp {
            return [
                "Reactive restarts were given up after \(status.reactiveRestarts); a restart or start gives new ones."
            ]
        }
        guard let pause = status.restartPause else { return [] }
        return ["After \(status.reactiveRestarts) reactive restart(s) there is none for \(pause)."]
    }
}

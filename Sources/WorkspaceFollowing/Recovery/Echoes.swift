import WorkspaceProtocol

/// Events that were recovered, and may still come on the wire: they were on their way when the answers were made.
struct Echoes: Sendable {
    private struct OutputID: Hashable {
        let process: String
        let stream: ProcessOutput.Stream
    }

    private var outputs: [OutputID: [WorkspaceTracker.OutputKey: Int]] = [:]
    private var commits: Set<String> = []
    /// The echo of the shell; nil if nothing is expected.
    var shell: ShellEcho?

    /// Whether nothing is expected, so that events need not be looked at.
    var isEmpty: Bool { self.outputs.isEmpty && self.commits.isEmpty && self.shell == nil }

    mutating func expect(_ output: ProcessOutput) {
        self.outputs[.init(process: output.processID, stream: output.stream), default: [:]][
            .init(output),
            default: 0
        ] += 1
    }

    mutating func expect(commit sha: String) { self.commits.insert(sha) }

    /// Decides about an event that came on the wire.
    ///
    /// - Parameter event: The event.
    /// - Returns: Whether it was recovered already, so that it must be dropped.
    mutating func take(_ event: WorkspaceEvent) -> ShellEcho.Verdict {
        switch event.content {
        case .processOutput(let output): self.drops(output) ? .drop : .deliver(isAmbiguous: false)
        case .gitCommit(let commit): self.commits.remove(commit.commitSHA) != nil ? .drop : .deliver(isAmbiguous: false)
        case .shellOutput(let text): self.take(shellOutput: text)
        default: .deliver(isAmbiguous: false)
        }
    }

    /// From now on no output of the shell is an echo.
    ///
    /// - Returns: Pieces that were dropped, and are delivered after all.
    mutating func expireShell() -> [String] {
        defer { self.shell = nil }
        return self.shell?.expire() ?? []
    }

    private mutating func drops(_ output: ProcessOutput) -> Bool {
        let id = OutputID(process: output.processID, stream: output.stream)
        guard let expected = self.outputs[id] else { return false }
        let key = WorkspaceTracker.OutputKey(output)
        guard let count = expected[key] else {
            // The pieces of one stream come in order, so a new one means that no old one comes any more.
            self.outputs[id] = nil
            return false
        }
        self.outputs[id]?[key] = count > 1 ? count - 1 : nil
        return true
    }

    private mutating func take(shellOutput text: String) -> ShellEcho.Verdict {
        guard let verdict = self.shell?.take(text) else { return .deliver(isAmbiguous: false) }
        if self.shell?.isExpecting == false { self.shell = nil }
        return verdict
    }
}

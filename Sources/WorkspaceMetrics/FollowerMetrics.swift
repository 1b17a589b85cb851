import AgentRuntime
import CoreMetrics
import WorkspaceFollowing

/// The metrics of all followers of one kind of stream.
struct FollowerMetrics: Sendable {
    private let labels: [(String, String)]
    private let factory: any MetricsFactory
    private let phases: [String: Meter]
    private let events: Counter
    private let bytes: Counter
    private let supersededStatuses: Counter
    private let joinedFileChanges: Counter
    private let droppedOutputs: Counter
    private let duplicates: Counter
    private let pauses: Counter
    private let queueBytes: Recorder
    private let queueElements: Recorder

    /// The phases of a stream that is followed; one that has ended is not counted any more.
    private static let phaseNames = ["waiting", "dialling", "recovering", "live"]

    init(_ stream: FollowerObservation.Stream, workspace: String?, factory: any MetricsFactory) {
        let labels = [("stream", stream.rawValue)] + (workspace.map { [("workspace", $0)] } ?? [])
        func counter(_ name: String, _ label: (String, String)? = nil) -> Counter {
            Counter(label: name, dimensions: labels + (label.map { [$0] } ?? []), factory: factory)
        }
        func recorder(_ name: String) -> Recorder {
            Recorder(label: name, dimensions: labels, aggregate: true, factory: factory)
        }
        (self.labels, self.factory) = (labels, factory)
        self.phases = Dictionary(
            uniqueKeysWithValues: Self.phaseNames.map { phase in
                (phase, Meter(label: "workspace_streams", dimensions: labels + [("phase", phase)], factory: factory))
            }
        )
        self.events = counter("workspace_events_total")
        self.bytes = counter("workspace_wire_bytes_total")
        self.supersededStatuses = counter("workspace_dropped_total", ("kind", "supersededStatus"))
        self.joinedFileChanges = counter("workspace_dropped_total", ("kind", "joinedFileChange"))
        self.droppedOutputs = counter("workspace_dropped_total", ("kind", "droppedOutput"))
        self.duplicates = counter("workspace_dropped_total", ("kind", "duplicate"))
        self.pauses = counter("workspace_reading_paused_total")
        self.queueBytes = recorder("workspace_queue_bytes")
        self.queueElements = recorder("workspace_queue_elements")
    }

    func record(_ observation: FollowerObservation.Kind) {
        switch observation {
        case .changed(let before, let after): self.changed(from: before, to: after)
        case .reconnecting(let failure):
            let code = failure.error?.code.description ?? "none"
            self.count("workspace_reconnects_total", [("cause", failure.kind.rawValue), ("code", code)])
        case .dialled(let duration, let error):
            let result = error?.code.description ?? "opened"
            self.record(duration, "workspace_dial_seconds", [("result", result)])
        case .gap(let gap):
            self.count(
                "workspace_gaps_total",
                [
                    ("scope", gap.scope.name), ("cause", gap.cause.rawValue),
                    ("certainty", gap.certainty.rawValue),
                ]
            )
        case .recovered(let recovery):
            let labels = [("occasion", recovery.occasion.rawValue)]
            self.count("workspace_recovered_events_total", labels, by: recovery.events)
            self.count("workspace_recovered_bytes_total", labels, by: recovery.bytes)
            self.record(recovery.duration, "workspace_recovery_seconds", labels)
        case .progressed(let progress): self.progressed(progress)
        @unknown default: break
        }
    }

    private func changed(from before: FollowerState, to after: FollowerState) {
        self.phases[before.name]?.decrement()
        self.phases[after.name]?.increment()
        guard case .gone(let end) = after else { return }
        self.count("workspace_ends_total", [("cause", end.name)])
    }

    private func progressed(_ progress: FollowerProgress) {
        func add(_ number: Int, to counter: Counter) { if number > 0 { counter.increment(by: number) } }
        add(progress.events, to: self.events)
        add(progress.bytes, to: self.bytes)
        add(progress.supersededStatuses, to: self.supersededStatuses)
        add(progress.joinedFileChanges, to: self.joinedFileChanges)
        add(progress.droppedOutputs, to: self.droppedOutputs)
        add(progress.duplicates, to: self.duplicates)
        add(progress.pauses, to: self.pauses)
        self.queueBytes.record(progress.queuedBytes)
        self.queueElements.record(progress.queuedElements)
    }

    // These have labels with few values, all of them ours, so the factory may keep each of them.

    private func count(_ name: String, _ labels: [(String, String)], by number: Int = 1) {
        Counter(label: name, dimensions: self.labels + labels, factory: self.factory).increment(by: number)
    }

    private func record(_ duration: Duration, _ name: String, _ labels: [(String, String)]) {
        Timer(label: name, dimensions: self.labels + labels, preferredDisplayUnit: .seconds, factory: self.factory)
            .recordNanoseconds(duration.wholeNanoseconds)
    }
}

extension FollowerEnd {
    /// A stable name, usable as a metric label.
    fileprivate var name: String {
        switch self {
        case .closed: "closed"
        case .failed: "failed"
        case .gaveUp: "gaveUp"
        @unknown default: "other"
        }
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000).partialValue
    }
}

/// The result of a start.
public struct StartOutcome: Sendable, Hashable {
    /// The runtime that runs now.
    public let runtime: RuntimeInstance
    /// Whether this call started it; `false` if it ran before or was adopted.
    public let isStarted: Bool

    init(_ id: WorkspaceID, _ result: CycleResult) throws(LifecycleError) {
        try result.throwFailure()
        guard case .running(let record, let isStarted) = result, let runtime = RuntimeInstance(id, record) else {
            throw LifecycleError(.notReady, "Workspace \(id) has no running runtime.")
        }
        (self.runtime, self.isStarted) = (runtime, isStarted)
    }
}

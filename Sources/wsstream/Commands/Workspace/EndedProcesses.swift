import RuntimeLifecycle

/// Processes that a verb has ended, described by the lifecycle.
struct EndedProcesses {
    let generation: UInt64
    let detail: String

    /// Reads them from the events of a verb that has returned; all its events were published before, the result last.
    static func all(of events: some AsyncSequence<LifecycleEvent, Never>) async -> [EndedProcesses] {
        var all: [EndedProcesses] = []
        for await event in events {
            switch event.kind {
            case .ended: all.append(EndedProcesses(generation: event.generation, detail: event.detail ?? ""))
            case .completed, .failed, .gaveUp: return all
            default: break
            }
        }
        return all
    }
}

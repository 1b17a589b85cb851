import RuntimeLifecycle

/// Processes that a verb has ended, in the lifecycle's own words.
struct EndedProcesses {
    let generation: UInt64
    let detail: String

    /// Reads them from the events of a verb that has returned: all were published by then, and its outcome was the last.
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

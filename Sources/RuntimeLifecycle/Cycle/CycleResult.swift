/// The result of a cycle.
enum CycleResult: Hashable, Sendable {
    /// A runtime runs and has proven its identity; `isStarted` if this cycle started it.
    case running(JournalRecord, isStarted: Bool)
    /// Nothing runs.
    case stopped(JournalRecord, wasRunning: Bool)
    /// The record is as it should be.
    case settled(JournalRecord)
    /// Used only between states: the runtime ended without a stop.
    case lost(JournalRecord)
    /// Nothing was done for a complaint, because its time has not come.
    case postponed(until: Duration)
    /// Nothing was done for a complaint, because the budget for reactive restarts is used up.
    case gaveUp(JournalRecord)
    case failed(LifecycleError)

    var isRunning: Bool {
        if case .running = self { true } else { false }
    }

    var isFailure: Bool {
        if case .failed = self { true } else { false }
    }
}

extension CycleResult {
    /// The result if the record could not be written.
    func failing(_ error: LifecycleError) -> CycleResult {
        if case .stopped(let record, wasRunning: true) = self { return .failed(.endNotRecorded(record, error)) }
        guard case .failed(let first) = self else { return .failed(error) }
        let message = "\(first.message) This could not be recorded either: \(error.message)"
        return .failed(LifecycleError(first.code, message, systemError: error.systemError))
    }

    func throwFailure() throws(LifecycleError) {
        if case .failed(let error) = self { throw error }
    }
}

extension LifecycleError {
    /// All processes have ended, but the record could not be written.
    fileprivate static func endNotRecorded(_ record: JournalRecord, _ cause: LifecycleError) -> LifecycleError {
        LifecycleError(
            .endNotRecorded,
            "Everything of generation \(record.generation) has ended, but this could not be recorded: "
                + "\(cause.message) The next verb finds that nothing lives.",
            systemError: cause.systemError
        )
    }

    /// Adds the state of the record after an end that failed.
    func leaving(_ record: JournalRecord) -> LifecycleError {
        let isTombstone = record.phase == .stopping || record.phase == .starting
        let words =
            isTombstone
            ? "The record says that generation \(record.generation) is \(record.phase.rawValue); the next verb goes on "
                + "from there."
            : "The record is as it was found."
        return LifecycleError(self.code, "\(self.message) \(words)", systemError: self.systemError)
    }
}

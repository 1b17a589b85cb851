import ProcessSignals

#if RED_CONTROLS
internal import RedControls
#endif

/// Distinguishes the first request to end from an impatient second one.
///
/// | signal after the first | meaning |
/// |---|---|
/// | SIGHUP | nothing: a terminal that closes sends it once from the shell and once from the system |
/// | the same signal within 100 ms | nothing: `timeout` sends it to the process and to its group |
/// | any other | impatience: end at once |
struct SignalPatience: Sendable {
    /// What a signal asks for.
    enum Request: Sendable { case end, nothing, endAtOnce }

    private static let sameRequest: Duration = .milliseconds(100)

    private var first: (signal: TerminationSignal, instant: ContinuousClock.Instant)?

    /// Returns what a new signal asks for.
    mutating func received(_ signal: TerminationSignal, at instant: ContinuousClock.Instant) -> Request {
        guard let first = self.first else {
            self.first = (signal, instant)
            return .end
        }
        #if RED_CONTROLS
        if RedControl.isActive(.everySignalImpatient) { return .endAtOnce }
        #endif
        if signal == .hangUp { return .nothing }
        return signal == first.signal && instant - first.instant < Self.sameRequest ? .nothing : .endAtOnce
    }
}

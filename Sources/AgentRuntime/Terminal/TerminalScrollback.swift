import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// Tells the scrollback of one stream from its other output.
///
/// On the wire both are the same: binary messages. The runtime replays the scrollback first, but only if there is any.
/// What a terminal has written once stays in its ring or is replaced by later output. So if the ring had something
/// before the dial, then the first message is the replay; if it was empty, then all output is new.
final class TerminalScrollback: Sendable {
    private struct State {
        var hadOutput: Bool?
        var isFirst = true
    }

    private let state = Locked(State())

    /// Whether the ring had something before the dial; nil if that is not known.
    var hadOutput: Bool? { self.state.withLock { $0.hadOutput } }

    /// The runtime was asked, before the dial.
    func wasAsked(_ hadOutput: Bool?) { self.state.withLock { $0.hadOutput = hadOutput } }

    /// Whether the next message is the scrollback; called once per message, in the order of the wire.
    func isNext() -> Bool {
        self.state.withLock { state in
            #if RED_CONTROLS
            if RedControl.isActive(.emptyScrollbackMarked) { state.hadOutput = true }
            if RedControl.isActive(.scrollbackNotMarked) { return false }
            #endif
            defer { state.isFirst = false }
            return state.isFirst && state.hadOutput != false
        }
    }
}

/// A step that the driver leaves out; a red control for rules that the barrier value can't keep without the driver.
enum ModelFault: String, CaseIterable {
    case releasesOneWaiter
    case closeDoesNotWait
    case closeDoesNotAwaitTheDial
    case ignoresTheWriter
    case forgetsToBeginTheEnd
    case doesNotCancelTheDial
    case wakesNoOpener
    case endsTheEventsEarly
    case awaitsOneSlot
    case doesNotTellTheCall
    case closeDoesNotAwaitTheCall
    case closeOfStreamsDoesNotWait
    case leavesOpenersWaiting

    /// Whether only a search with several slots can find it.
    var needsTwoSlots: Bool { self == .awaitsOneSlot }
    /// Whether only a search with a call and a close of all streams can find it.
    var needsACall: Bool {
        [.doesNotTellTheCall, .closeDoesNotAwaitTheCall, .closeOfStreamsDoesNotWait, .leavesOpenersWaiting].contains(
            self
        )
    }
}

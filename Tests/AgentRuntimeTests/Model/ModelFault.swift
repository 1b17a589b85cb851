/// A step of the driver that is left out: the red control of what the barrier alone can't protect.
enum ModelFault: String, CaseIterable {
    case releasesOneWaiter
    case closeDoesNotWait
    case closeDoesNotAwaitTheDial
    case ignoresTheWriter
    case forgetsToShutDown
    case doesNotCancelTheDial
    case wakesNoOpener
    case endsTheEventsEarly
    case awaitsOneSlot

    /// Whether only a client with several slots shows it.
    var needsTwoSlots: Bool { self == .awaitsOneSlot }
}

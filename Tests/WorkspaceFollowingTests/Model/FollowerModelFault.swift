/// A rule that is broken between the machine and its driver; the search must find each.
enum FollowerModelFault: String, CaseIterable {
    /// A close does not reach the machine.
    case ignoresTheClose
    /// Operations are not told to end.
    case cancelsNothing
    /// A timer that was told to end never reports it.
    case forgetsTimers
    /// A stream that was told to end never reports it.
    case forgetsTheStream
    /// The next attempt goes on although a close came.
    case dialsAfterTheClose
    /// It ends at once at a close.
    case finishesEarly
    /// It ends twice.
    case finishesTwice
    /// Each dial is made twice.
    case dialsTwice
    /// Nothing is held back.
    case holdsNothingBack
    /// An open stream counts as attached.
    case countsAsAttached
    /// The wait before the next attempt is left out.
    case dropsTheWait
    /// The end of a stream does not reach the machine.
    case ignoresTheLoss
}

/// A mistake of the table or of its driver; the search must find each of them.
enum RequestFault: String, CaseIterable {
    /// A request that waits for a place never gets it.
    case forgetsToAdmit
    /// A request whose caller gave up is called not sent, although the writer may have it.
    case tellsNotSentUnasked
    /// The answer of the queue to a withdrawal is not used.
    case ignoresTheWithdrawal
    /// A request is put into the queue after its caller was told that it was not sent.
    case sendsAfterGivingUp
    /// A second answer is taken for a new one.
    case believesTheSecondAnswer
    /// An answer goes to the oldest request, whatever its id.
    case answersTheOldest
    /// The end of the stream forgets the requests that wait for a place.
    case endForgetsTheWaiting
    /// The end of the stream forgets the requests that were sent.
    case endForgetsTheSent
    /// The end of the stream calls every request unknown.
    case endGuesses
    /// A caller that is cancelled while its request waits for a place is not told.
    case cancelForgetsTheWaiting
    /// More requests are sent than there are places.
    case hasNoLimit
    /// The number of a request that has ended is used again.
    case usesNumbersTwice
}

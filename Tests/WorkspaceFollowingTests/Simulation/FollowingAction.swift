/// Something that happens in a schedule of a follower.
enum FollowingAction: String, CaseIterable {
    // The workspace.
    case prints, printsMuch, startsShell, respawnsShell, startsProcess, writesOutput, writesMuchOutput, endsProcess
    case commits, commitsSeveral, amends, switchesBranch, changesFiles, changesManyFiles, repeatsStatus
    // The network and the server.
    case cuts, closes, restarts, moves, deletes, refusesDials, refusesAnswers, slowAnswers
    // The users.
    case stopsTaking, reconcile, reconnectNow, handsOver

    /// Chooses the actions of one program.
    ///
    /// Each program leaves out about half of the actions, so that the others meet more often.
    ///
    /// - Parameter draw: Returns a random number below its argument.
    /// - Returns: At least two actions.
    static func some(_ draw: (Int) -> Int) -> [Self] {
        let some = Self.allCases.filter { _ in draw(2) == 0 }
        return some + [.prints, .cuts]
    }
}

import ArgumentParser
import CommandIO

/// What happens when the connection of a tail is lost, and after it.
struct FollowOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Try again also while there was no connection yet, such as before the runtime runs.",
            discussion: "A failure that no retry can mend, such as a wrong token, ends it all the same."
        )
    )
    var wait = false

    @Flag(help: "End when the connection ends; nothing is recovered.")
    var noReconnect = false

    @Flag(help: "End at the first gap, with exit code \(ExitStatus.missed.rawValue).")
    var failOnGap = false

    func validate() throws {
        guard self.noReconnect else { return }
        guard !self.wait else { throw ValidationError("--wait and --no-reconnect exclude each other.") }
        guard !self.failOnGap else { throw ValidationError("With --no-reconnect there is no gap for --fail-on-gap.") }
    }
}

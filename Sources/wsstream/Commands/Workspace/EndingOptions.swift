import ArgumentParser

/// How patient a verb is with what runs.
struct EndingOptions: ParsableArguments {
    @Option(help: "Seconds everything of the runtime has after SIGTERM before it is killed.")
    var grace: Int = 10

    func validate() throws {
        guard (0...86_400).contains(self.grace) else { throw ValidationError("--grace must be 0 to 86400 seconds.") }
    }
}

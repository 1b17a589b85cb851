import ArgumentParser

/// How long a verb waits for the processes that it ends.
struct EndingOptions: ParsableArguments {
    @Option(help: "Seconds between SIGTERM and SIGKILL for the processes of the runtime.")
    var grace: Int = 10

    func validate() throws {
        guard (0...86_400).contains(self.grace) else { throw ValidationError("--grace must be 0 to 86400 seconds.") }
    }
}

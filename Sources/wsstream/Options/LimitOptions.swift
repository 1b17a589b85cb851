import ArgumentParser

/// When a tail ends by itself.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Stop after this number of events of the selected types.", valueName: "n"))
    var count: Int?

    @Option(
        help: ArgumentHelp(
            "Stop this long after the stream was opened, such as 250ms, 30s, 5m or 1h.",
            valueName: "time"
        ),
        transform: Self.duration
    )
    var duration: DurationArgument?

    /// The limits for the session.
    var limits: TailLimits { TailLimits(count: self.count, duration: self.duration?.duration) }

    func validate() throws {
        guard self.count.map({ $0 > 0 }) ?? true else { throw ValidationError("--count is 1 or more.") }
    }

    private static func duration(_ text: String) throws -> DurationArgument { try DurationArgument(parsing: text) }
}

/// When a tail ends by itself; nil means no limit.
struct TailLimits: Sendable, Hashable {
    /// The number of shown events.
    var count: Int?
    /// The time since the stream was opened.
    var duration: Duration?
}

import ArgumentParser

/// What is shown of the events, and how.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How events are written.",
            discussion: """
                pretty: for people; whatever control characters the server sends are escaped.
                json: each message as it came, on one line; malformed frames as an object with their text.
                raw: the bytes of each frame, unescaped, and a line break behind it unless it ends with one.
                """
        )
    )
    var format = OutputFormat.pretty

    @Option(
        name: .customLong("type"),
        help: ArgumentHelp(
            "Show only these types.",
            discussion: """
                Repeatable, or several with commas. A name that this version does not know is allowed, with a warning; \
                'unknown' stands for all such types, 'malformed' for frames that can't be read.
                """,
            valueName: "types"
        )
    )
    var types: [String] = []

    @Flag(help: "Show no events; useful with --stats and for the exit code.")
    var quiet = false

    @Flag(help: "Show a live line of numbers on standard error if it is a terminal, and a summary at the end.")
    var stats = false

    @Option(help: "Colour the pretty format: auto is on a terminal, unless NO_COLOR is set.")
    var color = ColorMode.auto

    /// Whether anything depends on what is in a message.
    var needsEvents: Bool { self.stats || !self.types.isEmpty || (self.format != .raw && !self.quiet) }

    /// Writes events as asked for; nil for none.
    func renderer(isTerminal: Bool, environment: [String: String]) -> EventRenderer? {
        guard !self.quiet else { return nil }
        switch self.format {
        case .pretty:
            let isColored = self.color.isColored(isTerminal: isTerminal, environment: environment)
            return .pretty(PrettyRenderer(isColored: isColored))
        case .json: return .json(JSONRenderer())
        case .raw: return .raw
        }
    }
}

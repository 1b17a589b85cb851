import ArgumentParser

/// Which events are shown, and how.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How events are written.",
            discussion: """
                pretty: for people; control characters from the server are escaped.
                json: each message unchanged on one line; a malformed frame is an object with its text.
                raw: the received bytes without escapes; a line break is added if it is missing.
                """
        )
    )
    var format = OutputFormat.pretty

    @Option(
        name: .customLong("type"),
        help: ArgumentHelp(
            "Show only these types.",
            discussion: """
                Repeat this option, or separate types by commas. A name that this version does not know is allowed, \
                with a warning. 'unknown' means all such types, 'malformed' all frames that can't be read.
                """,
            valueName: "types"
        )
    )
    var types: [String] = []

    @Flag(help: "Show no events; useful with --stats and for the exit code.")
    var quiet = false

    @Flag(help: "Show a live line of numbers on standard error if it is a terminal, and a summary at the end.")
    var stats = false

    @Option(help: "Colour the pretty format; auto: only on a terminal, and only if NO_COLOR is not set.")
    var color = ColorMode.auto

    /// Whether the program needs the content of messages.
    var needsEvents: Bool { self.stats || !self.types.isEmpty || (self.format != .raw && !self.quiet) }

    /// The renderer for these options; nil shows no events.
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

/// How events are written.
enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// A line for people.
    case pretty
    /// An object for programs.
    case json
    /// The received bytes.
    case raw
}

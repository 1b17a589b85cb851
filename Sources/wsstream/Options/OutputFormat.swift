import ArgumentParser

/// How events are written.
enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// A line for people.
    case pretty
    /// An object for programs.
    case json
    /// What was received.
    case raw
}

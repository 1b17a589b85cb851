import ArgumentParser

/// How events are written.
enum OutputFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// A line for people.
    case pretty
    /// An object for programs.
    case json
    /// The received bytes.
    case raw
}

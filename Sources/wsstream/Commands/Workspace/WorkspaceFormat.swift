import ArgumentParser

/// The form of the output.
enum WorkspaceFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case pretty
    /// One JSON value on one line.
    case json
}

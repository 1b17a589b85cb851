import ArgumentParser

/// For whom the output is.
enum WorkspaceFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case pretty
    /// One JSON value on one line.
    case json
}

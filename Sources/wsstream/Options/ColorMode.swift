import ArgumentParser

/// Whether output is coloured.
enum ColorMode: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// On a terminal that is not `dumb`, unless `NO_COLOR` is set.
    case auto
    /// Even into a pipe, and whatever `NO_COLOR` says.
    case always
    /// Not at all.
    case never

    /// Decides.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether the output is a terminal.
    ///   - environment: `NO_COLOR` counts when it is set and not empty (no-color.org), `TERM` when it is `dumb`.
    /// - Returns: Whether styles are written.
    func isColored(isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: return true
        case .never: return false
        case .auto:
            let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            return isTerminal && !isRefused && environment["TERM"] != "dumb"
        }
    }
}

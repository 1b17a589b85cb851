import ArgumentParser

/// Whether output is coloured.
enum ColorMode: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// Colour only on a terminal that is not `dumb`, and only if `NO_COLOR` is not set.
    case auto
    /// Always colour, even into a pipe and with `NO_COLOR`.
    case always
    /// No colour.
    case never

    /// Decides whether to colour.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether the output is a terminal.
    ///   - environment: `NO_COLOR` counts if it is set and not empty (no-color.org), `TERM` if it is `dumb`.
    /// - Returns: Whether to write styles.
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

/// Whether a retry can help, and when.
///
/// The errors and ends of streams and connections have one; `docs/ERRORS.md` lists them. The advice is about the same
/// endpoint, credentials and configuration. If you change one of them, you may try again in any case.
@nonexhaustive public enum RetryAdvice: Sendable, Hashable {
    /// A retry would fail in the same way, or do harm: change something first.
    case never
    /// A retry may begin at once.
    case now
    /// A retry may work later.
    ///
    /// Wait longer after each failure, and add a random part, so that clients that failed together do not retry
    /// together.
    case backOff
    /// The peer says that a retry may work after this time: zero or more, at most a year.
    case after(Duration)

    /// Whether a retry can help at all.
    public var canHelp: Bool { self != .never }
}

extension RetryAdvice: CustomStringConvertible {
    /// A stable name without the time, usable as a metric label.
    public var name: String {
        switch self {
        case .never: "never"
        case .now: "now"
        case .backOff: "backOff"
        case .after: "after"
        }
    }

    /// The name, and the time if there is one.
    public var description: String {
        if case .after(let time) = self { "after \(time)" } else { self.name }
    }
}

/// Whether, and when, trying the same thing again can help.
///
/// Every error and every end of this package has one; `docs/ERRORS.md` lists which. It is advice about the same endpoint,
/// credentials and configuration: after one of them was changed, everything may be tried.
public enum RetryAdvice: Sendable, Hashable {
    /// It would fail in the same way, or do harm: something must be changed first.
    case never
    /// Nothing stands in the way.
    case now
    /// It may work later: wait longer with each failure, and not as long as others do who failed together.
    case backOff
    /// The peer says that it may work after this time; zero or more, at most a year.
    case after(Duration)

    /// Whether trying again can help at all.
    public var canHelp: Bool { self != .never }
}

extension RetryAdvice: CustomStringConvertible {
    /// A stable name, fit for a metric label: without the time.
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

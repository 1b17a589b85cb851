public import AgentRuntime
public import WorkspaceFollowing

/// Why a service has ended although its group was not ending.
public struct AgentRuntimeServiceError: Error, Sendable, CustomStringConvertible {
    /// The kind of end; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case closed, failed, gaveUp, leftBehind
        }

        private let name: Name

        private init(_ name: Name) { self.name = name }

        /// A stable name that can be a metric label.
        public var description: String { self.name.rawValue }

        /// Other code has closed the client or the follower.
        public static let closed = Self(.closed)
        /// The follower has ended, because another attempt to connect can't help; see ``AgentRuntimeServiceError/failure``.
        public static let failed = Self(.failed)
        /// The follower has used up its attempts, or its time; see ``AgentRuntimeServiceError/failure``.
        public static let gaveUp = Self(.gaveUp)
        /// After the close something was left; this is a fault.
        public static let leftBehind = Self(.leftBehind)
    }

    /// The kind of end.
    public let code: Code
    /// What has happened, for people.
    public let message: String
    /// The failure of the follower; nil for other codes than ``Code/failed`` and ``Code/gaveUp``.
    public let failure: FollowerFailure?

    /// The error of the failure; nil if there is none.
    public var cause: AgentRuntimeError? { self.failure?.error }

    /// Code and message.
    public var description: String { "\(self.code): \(self.message)" }

    private init(_ code: Code, _ message: String, _ failure: FollowerFailure? = nil) {
        (self.code, self.message, self.failure) = (code, message, failure)
    }

    /// The error for the end of a follower; nil after a close.
    init?(_ end: FollowerEnd) {
        guard let failure = end.failure else { return nil }
        if case .gaveUp = end {
            self.init(.gaveUp, "The follower gave up: \(failure.description)", failure)
        } else {
            self.init(.failed, "The follower has ended: \(failure.description)", failure)
        }
    }

    static var closed: Self { Self(.closed, "It was closed by other code while the service was running.") }

    static func leftBehind(_ left: [String]) -> Self {
        Self(.leftBehind, "After the close something was left: \(left.joined(separator: ", ")).")
    }
}

/// An error of the mock server.
///
/// Switch on ``code``. ``message`` is for people and may change.
public struct MockServerError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A stable name that can be a metric label.
        public let description: String

        /// A configuration value is out of range; nothing was started.
        public static let invalidConfiguration = Self(description: "invalidConfiguration")
        /// A scenario is not JSON, or one of its steps is not possible; ``MockServerError/path`` names the place.
        public static let invalidScenario = Self(description: "invalidScenario")
        /// There is neither a built-in scenario nor a readable file of that name.
        public static let scenarioNotFound = Self(description: "scenarioNotFound")
        /// The server could not listen on the address.
        public static let listenFailed = Self(description: "listenFailed")
        /// The server was stopped while a task waited for an observation.
        public static let stopped = Self(description: "stopped")
        /// What a test waited for did not come in its time; the message says what came instead.
        public static let timedOut = Self(description: "timedOut")
    }

    /// What failed.
    public let code: Code
    /// What exactly is wrong, with the wrong value, and what to do.
    public let message: String
    /// The place in a scenario, such as `steps[3].rate`, counted from 0; empty if the error is not about a place.
    public let path: String
    /// The underlying error, if any.
    public let cause: (any Error)?
    /// Where the error was created, as `Module/File.swift:line`.
    public let location: String

    init(
        _ code: Code,
        _ message: String,
        at path: String = "",
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        (self.code, self.message, self.path, self.cause) = (code, message, path, cause)
        self.location = "\(file):\(line)"
    }

    /// The code, the place and the message as one line.
    public var description: String {
        let place = self.path.isEmpty ? "" : "\(self.path): "
        let reason = self.cause.map { " (\($0))" } ?? ""
        return "\(self.code): \(place)\(self.message)\(reason)"
    }
}

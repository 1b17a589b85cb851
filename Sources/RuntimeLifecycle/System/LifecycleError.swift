/// An error of the workspace lifecycle.
///
/// Switch on ``code``; ``message`` is for people: it names the value or path and what to do, and may change.
public struct LifecycleError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A stable name, fit for a metric label.
        public let description: String

        /// A workspace id has characters or a length that are not allowed; nothing was touched.
        public static let invalidID = Self(description: "invalidID")
        /// A command, endpoint or configuration value can't be used.
        ///
        /// Nothing was touched, but for a start whose executable is missing: that is recorded as its failure.
        public static let invalidArgument = Self(description: "invalidArgument")
        /// No runtime command was given and none is recorded.
        public static let noCommand = Self(description: "noCommand")
        /// The workspace was never created.
        public static let unknownWorkspace = Self(description: "unknownWorkspace")
        /// The caller already holds this workspace's gate: waiting for it would never end.
        public static let gateHeldByCaller = Self(description: "gateHeldByCaller")
        /// Another task held the gate until the deadline.
        public static let gateTimeout = Self(description: "gateTimeout")
        /// Another process held the start lock until the deadline.
        public static let lockTimeout = Self(description: "lockTimeout")
        /// A file or directory of the state can't be read or written.
        public static let storage = Self(description: "storage")
        /// The state belongs to another user, or others may write it.
        public static let ownership = Self(description: "ownership")
        /// A symbolic link stands where a file or directory of the state belongs.
        public static let symbolicLink = Self(description: "symbolicLink")
        /// The stub process could not be made.
        public static let spawnFailed = Self(description: "spawnFailed")
        /// The runtime ended before it was ready.
        public static let runtimeExited = Self(description: "runtimeExited")
        /// The runtime was not ready within the limit.
        public static let notReady = Self(description: "notReady")
        /// The runtime's address belongs to another process.
        public static let addressInUse = Self(description: "addressInUse")
        /// Something answers, but it is not the runtime of this generation.
        public static let wrongIdentity = Self(description: "wrongIdentity")
        /// Everything of the runtime has ended, but the record of that could not be written.
        public static let endNotRecorded = Self(description: "endNotRecorded")
        /// The caller is one of the processes that would be ended; nothing was touched.
        ///
        /// Call from a process of another session that has none of the workspace's variables in its environment.
        public static let calledFromInside = Self(description: "calledFromInside")
        /// The runtime reported an endpoint that can't be asked.
        public static let unusableEndpoint = Self(description: "unusableEndpoint")
        /// A process that must end did not end within the limit.
        public static let processSurvived = Self(description: "processSurvived")
    }

    /// What failed.
    public let code: Code
    /// What exactly was wrong, with the value or path, and what to do about it.
    public let message: String
    /// The error number of the system call below, if there was one.
    public let systemError: Int32?
    /// Where it was created, as `Module/File.swift:line`.
    public let location: String

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }

    package init(
        _ code: Code,
        _ message: String,
        systemError: Int32? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        (self.code, self.message, self.systemError) = (code, message, systemError)
        self.location = "\(file):\(line)"
    }
}

extension LifecycleError {
    /// The error for a workspace that was never created.
    static func unknown(workspace: String, file: String = #fileID, line: Int = #line) -> LifecycleError {
        let words = "There is no workspace \(workspace): it was never created."
        return LifecycleError(.unknownWorkspace, words, file: file, line: line)
    }
}

extension LifecycleError {
    /// Whether there was no room for what was to be written.
    var isLackOfSpace: Bool { self.systemError.map { SystemError.lackOfSpace.contains($0) } ?? false }
}

extension LifecycleError: Equatable {
    /// Two errors are equal when code and message are; where they were created does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        left.code == right.code && left.message == right.message
    }
}

extension LifecycleError: Hashable {
    /// Hashes what equality compares.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.code)
        hasher.combine(self.message)
    }
}

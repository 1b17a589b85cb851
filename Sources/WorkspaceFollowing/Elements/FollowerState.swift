public import AgentRuntime
public import WebSocketProtocol
package import WebSocketTransport

/// The state of a follower's connection.
@nonexhaustive public enum FollowerState: Sendable, Hashable {
    /// ``WorkspaceFollower/start()`` was not called yet.
    case idle
    /// It waits before the next attempt.
    case waiting(FollowerWait)
    /// It asks where the runtime is, waits for its turn to dial, or dials.
    case dialling(attempt: Int)
    /// The connection is open; what was missed is being recovered, or `connected` has not come yet.
    case recovering
    /// Events are delivered as they come.
    case live
    /// It has ended, and does not try again.
    case gone(FollowerEnd)

    /// A stable name, usable as a metric label.
    public var name: String {
        switch self {
        case .idle: "idle"
        case .waiting: "waiting"
        case .dialling: "dialling"
        case .recovering: "recovering"
        case .live: "live"
        case .gone: "gone"
        }
    }
}

/// A wait before the next attempt to connect.
public struct FollowerWait: Sendable, Hashable {
    /// The number of the next attempt since the connection was last good; 1 for the first.
    public var attempt: Int
    /// How long the whole wait takes.
    public var delay: Duration
    /// When it ends, by our clock, in milliseconds since 1970-01-01T00:00:00Z.
    public var until: Int64
    /// Why the connection is not there.
    public var failure: FollowerFailure

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - attempt: See ``attempt``.
    ///   - delay: See ``delay``.
    ///   - until: See ``until``.
    ///   - failure: See ``failure``.
    public init(attempt: Int, delay: Duration, until: Int64, failure: FollowerFailure) {
        (self.attempt, self.delay, self.until, self.failure) = (attempt, delay, until, failure)
    }
}

/// Why a follower has no connection.
public struct FollowerFailure: Sendable, Hashable, CustomStringConvertible {
    /// What has failed.
    @nonexhaustive public enum Kind: String, Sendable, Hashable {
        /// The source of the endpoint.
        case source
        /// The dial.
        case dial
        /// The stream ended by an error.
        case stream
        /// The runtime closed the stream.
        case closedByServer
        /// We ended the stream, to attach again: a shell was started after the stream had attached, or the follower of
        /// the other stream of the same workspace has found that the runtime has moved.
        case reattach
    }

    /// What has failed.
    public let kind: Kind
    /// The error; nil if there is none, as after a close by the runtime.
    public let error: AgentRuntimeError?
    /// The code of the runtime's Close frame; nil if there was none.
    public let closeCode: CloseCode?
    /// What has failed, in words.
    public let description: String
    /// Whether, and when, another attempt can help, by the table of ``ReconnectPolicy``.
    public internal(set) var retry: RetryAdvice
    /// Whether the follower has ever received `connected`, on this or an earlier connection.
    public internal(set) var hadAttached = false
    /// How the connection was closed; nil unless the runtime closed it.
    package internal(set) var closure: WebSocketClosure?

    /// Creates a failure, for tests.
    ///
    /// - Parameters:
    ///   - kind: See ``kind-swift.property``.
    ///   - error: See ``error``.
    ///   - closeCode: See ``closeCode``.
    ///   - description: See ``description``.
    ///   - retry: See ``retry``.
    public init(
        _ kind: Kind,
        error: AgentRuntimeError? = nil,
        closeCode: CloseCode? = nil,
        description: String,
        retry: RetryAdvice
    ) {
        (self.kind, self.error, self.closeCode) = (kind, error, closeCode)
        (self.description, self.retry) = (description, retry)
    }

    /// Tells whether two failures are of the same kind and say the same.
    ///
    /// - Parameters:
    ///   - lhs: A failure.
    ///   - rhs: Another failure.
    /// - Returns: Whether kind, codes, words and advice are equal.
    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.kind == rhs.kind && lhs.error?.code == rhs.error?.code && lhs.closeCode == rhs.closeCode
            && lhs.description == rhs.description && lhs.retry == rhs.retry
    }

    /// Hashes what `==` compares.
    ///
    /// - Parameter hasher: The hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.kind)
        hasher.combine(self.error?.code)
        hasher.combine(self.closeCode)
        hasher.combine(self.description)
        hasher.combine(self.retry)
    }
}

/// Why a follower has ended.
@nonexhaustive public enum FollowerEnd: Sendable, Hashable {
    /// ``WorkspaceFollower/close(within:)`` was called, its client was closed, or nothing referred to it any more.
    case closed
    /// Another attempt can't help: its ``FollowerFailure/retry`` is `never`.
    case failed(FollowerFailure)
    /// The attempts, or the time, of the ``ReconnectPolicy`` are used up; the last failure.
    case gaveUp(FollowerFailure)

    /// The failure; nil after a close.
    public var failure: FollowerFailure? {
        switch self {
        case .closed: nil
        case .failed(let failure), .gaveUp(let failure): failure
        }
    }
}

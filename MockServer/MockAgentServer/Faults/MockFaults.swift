/// What the server does wrong, besides the steps of a scenario.
public struct MockFaults: Sendable, Hashable {
    /// What a client sees of the workspace when it attaches.
    @nonexhaustive public enum Replay: String, Sendable, Hashable, CaseIterable {
        /// One `git_status` per repository.
        case complete
        /// None: agentctl's channel was full when the client attached.
        case missing
        /// One per repository in which all lists are `null`: nobody has looked yet.
        case placeholder
    }

    /// The wrong answers to requests, over HTTP and on the agent stream; the first one that fits is used.
    ///
    /// Default: none.
    public var answers: [AnswerFault] = []
    /// What of the repositories is sent when a client attaches.
    ///
    /// Default: ``Replay/complete``.
    public var replay = Replay.complete
    /// The numbers of the messages that are lost on each workspace stream, without a trace.
    ///
    /// All messages of a stream are counted from 0, which is `connected`.
    ///
    /// Default: none.
    public var lostMessages: Set<Int> = []
    /// How many Pings of the WebSocket are left unanswered on each workspace stream, from the first one on.
    ///
    /// Default: 0.
    public var ignoredPings = 0
    /// How many `ping` commands are left unanswered on each workspace stream, from the first one on.
    ///
    /// Default: 0.
    public var ignoredPingCommands = 0

    /// Creates a value without faults.
    public init() {}
}

/// A wrong answer to a request.
public struct AnswerFault: Sendable, Hashable {
    /// How the answer is wrong.
    @nonexhaustive public enum Kind: Sendable, Hashable {
        /// The request is taken, and never answered; it has no effect.
        case silence
        /// The answer is sent twice.
        case twice
        /// The request waits for a time before it takes effect and is answered.
        case late(Duration)
        /// The answer names another request; only on the agent stream. Over HTTP, the answer is right.
        case otherID
        /// The request has no effect; the answer is an error.
        ///
        /// On the agent stream, the code is `INTERNAL_ERROR` for every status.
        case failure(status: Int, message: String)
        /// The request takes effect, but the TCP connection ends instead of the answer.
        case drop
    }

    /// The request: an action such as `agent.prompt`, or a method and a path such as `GET /api/v1/processes/:id`.
    public var request: String
    /// How the answer is wrong.
    public var kind: Kind
    /// How many such requests are answered rightly before.
    ///
    /// Default: 0.
    public var after: Int
    /// How many such requests are answered wrongly; nil means all.
    ///
    /// Default: nil.
    public var count: Int?

    /// Creates a fault.
    ///
    /// - Parameters:
    ///   - request: See ``request``.
    ///   - kind: See ``kind-swift.property``.
    ///   - after: See ``after``.
    ///   - count: See ``count``.
    public init(_ request: String, _ kind: Kind, after: Int = 0, count: Int? = nil) {
        (self.request, self.kind, self.after, self.count) = (request, kind, after, count)
    }
}

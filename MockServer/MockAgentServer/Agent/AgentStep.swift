/// One thing that the scripted agent does in a turn; see ``AgentScript`` for its form in a file.
@nonexhaustive public indirect enum AgentStep: Sendable, Hashable {
    /// Sends an event; the id of the session and the four `supports_*` members are added if they are missing.
    case event(MockJSON)
    /// Does nothing for a time, or until the turn is cancelled.
    case wait(Duration)
    /// Sends `count` chunks of text, `tick 0`, `tick 5` and so on, with a pause before each.
    case ticks(count: Int, every: Duration)
    /// Asks for a permission, and waits for the answer.
    case permission(MockAgentPermission)
    /// Sends a chunk of text with the answer to the last permission request.
    case tellOutcome
    /// Writes a line to the agent's standard error, which `agent.stderr` shows; `${prompt}` stands for the prompt.
    case standardError(String)
    /// Does the steps only if the prompt contains the text.
    case when(String, [AgentStep])
    /// Sends a request to the client, and waits for its answer.
    case request(action: String, payload: MockJSON)
    /// Does nothing until the turn is cancelled.
    case hang
    /// Ends the turn with `error`; the event holds this value as a JSON text.
    case fail(MockJSON)
    /// Ends the agent's process, which gives two `error` events.
    case crash(exitCode: Int)
    /// Ends the turn with `complete`; this also happens after the last step.
    case complete(stopReason: String)
}

/// A permission that the agent asks for.
public struct MockAgentPermission: Sendable, Hashable {
    /// One possible answer.
    public struct Option: Sendable, Hashable {
        /// The id that an answer names.
        public var id: String
        /// The text for people.
        public var name: String
        /// The kind, such as `allow_once`.
        public var kind: String

        /// Creates a possible answer.
        ///
        /// - Parameters:
        ///   - id: See ``id``.
        ///   - name: See ``name``.
        ///   - kind: See ``kind``.
        public init(id: String, name: String, kind: String) { (self.id, self.name, self.kind) = (id, name, kind) }
    }

    /// The three options of most agents: once, always, no.
    public static let usualOptions = [
        Option(id: "allow", name: "Allow once", kind: "allow_once"),
        Option(id: "always", name: "Always", kind: "allow_always"),
        Option(id: "reject", name: "Reject", kind: "reject_once"),
    ]

    /// The id of the tool call that waits for it.
    public var toolCallID: String
    /// The question.
    public var title: String
    /// The command that would run.
    public var command: String
    /// The possible answers.
    public var options: [Option]

    /// Creates a permission.
    ///
    /// - Parameters:
    ///   - toolCallID: See ``toolCallID``.
    ///   - title: See ``title``.
    ///   - command: See ``command``.
    ///   - options: See ``options``.
    public init(
        toolCallID: String,
        title: String,
        command: String,
        options: [Option] = MockAgentPermission.usualOptions
    ) {
        (self.toolCallID, self.title, self.command, self.options) = (toolCallID, title, command, options)
    }
}

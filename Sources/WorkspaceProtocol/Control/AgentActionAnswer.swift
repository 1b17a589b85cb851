/// The body of `POST /api/v1/agent/configure`: what to start as the agent.
///
/// Send it before `POST /api/v1/start`. A member that is `nil` is not sent.
public struct ConfigureAgentRequest: Codable, Sendable, Hashable {
    /// The command line of the agent; required.
    public var command: String
    /// Arguments of the command, instead of those in ``command``; an empty list is not the same as `nil`.
    public var agentArguments: [String]?
    /// The command line for prompts after the first one, for agents that end after each prompt.
    public var continueCommand: String?
    /// Arguments of ``continueCommand``; an empty list is not the same as `nil`.
    public var continueArguments: [String]?
    /// Variables to add to the environment of the agent.
    public var environment: [String: String]?
    /// What the agent may do without a question, such as `untrusted`, `on-failure`, `on-request` or `never`.
    public var approvalPolicy: String?

    /// Creates a request.
    ///
    /// - Parameters:
    ///   - command: See ``command``.
    ///   - agentArguments: See ``agentArguments``.
    ///   - continueCommand: See ``continueCommand``.
    ///   - continueArguments: See ``continueArguments``.
    ///   - environment: See ``environment``.
    ///   - approvalPolicy: See ``approvalPolicy``.
    public init(
        command: String,
        agentArguments: [String]? = nil,
        continueCommand: String? = nil,
        continueArguments: [String]? = nil,
        environment: [String: String]? = nil,
        approvalPolicy: String? = nil
    ) {
        self.command = command
        self.agentArguments = agentArguments
        self.continueCommand = continueCommand
        self.continueArguments = continueArguments
        self.environment = environment
        self.approvalPolicy = approvalPolicy
    }

    private enum CodingKeys: String, CodingKey {
        case command
        case agentArguments = "agent_args"
        case continueCommand = "continue_command"
        case continueArguments = "continue_args"
        case environment = "env"
        case approvalPolicy = "approval_policy"
    }
}

/// The answer of `POST /api/v1/agent/configure`, `/api/v1/start` and `/api/v1/stop`.
public struct AgentActionAnswer: Codable, Sendable, Hashable {
    /// Whether it was done; with `false`, ``error`` says why not.
    public var isSuccess = false
    /// What was done, for people; `nil` if agentctl does not say.
    public var message: String?
    /// The command line that was started; only for a start.
    public var command: String?
    /// Why it was not done, for people.
    public var error: String?

    /// Creates an empty value; then set single properties.
    public init() {}

    /// Reads an answer; see ``RuntimeStatus/init(from:)``.
    ///
    /// - Parameter decoder: The decoder.
    /// - Throws: `DecodingError` if a member has another type.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.isSuccess = try members.value(.isSuccess, or: false)
        self.message = try members.textIfAny(.message)
        self.command = try members.textIfAny(.command)
        self.error = try members.textIfAny(.error)
    }

    private enum CodingKeys: String, CodingKey {
        case isSuccess = "success"
        case message, command, error
    }
}

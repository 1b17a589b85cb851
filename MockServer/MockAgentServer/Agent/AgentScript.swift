/// What the agent behind the agent stream is, and what it does with a prompt.
///
/// In a scenario file it is the member `agent`, an object; each member may be missing:
///
/// | member | value |
/// |---|---|
/// | `name`, `version` | text, for `agent_info` |
/// | `acknowledgesCancel` | `false`: the answer to `agent.cancel` says `not_acknowledged` |
/// | `startsBeforeAnswer` | `true`: the first events of a turn precede the answer to its prompt |
/// | `steps` | the steps of every turn |
///
/// | `step` | members with their defaults |
/// |---|---|
/// | `event` | `event`: an object as on the wire |
/// | `wait` | `seconds` |
/// | `ticks` | `count`; `seconds`: between two chunks |
/// | `permission` | `toolCallID`; `title`; `command`; `options`: the three usual ones |
/// | `tellOutcome`, `hang` | |
/// | `standardError` | `text` |
/// | `when` | `text`: what the prompt contains; `steps` |
/// | `request` | `action`; `payload`: `{}` |
/// | `fail` | `error`: an object |
/// | `crash` | `exitCode` |
/// | `complete` | `stopReason`: `"end_turn"` |
public struct AgentScript: Sendable, Hashable {
    /// The name of the agent.
    ///
    /// Default: `fake-agent`.
    public var name = "fake-agent"
    /// The version of the agent.
    ///
    /// Default: `0.9`.
    public var version = "0.9"
    /// Whether the agent acknowledges that a turn is cancelled.
    ///
    /// Default: true.
    public var acknowledgesCancel = true
    /// Whether the events at the beginning of a turn precede the answer to its prompt, which agentctl allows.
    ///
    /// Default: false.
    public var startsBeforeAnswer = false
    /// What the agent does in each turn.
    ///
    /// Default: ``usualSteps``.
    public var steps = AgentScript.usualSteps

    /// Creates the usual script.
    public init() {}

    /// Creates a script with other steps.
    ///
    /// - Parameter steps: See ``steps``.
    public init(_ steps: [AgentStep]) { self.steps = steps }

    /// A turn with thoughts and text; words in the prompt add to it.
    ///
    /// | word | what it adds |
    /// |---|---|
    /// | `plan` | a plan |
    /// | `tool` | a tool call and its result |
    /// | `perm` | a tool call that asks for a permission |
    /// | `slow` | 20 chunks in 10 s |
    /// | `many` | 5000 chunks |
    /// | `fail` | only an `error` |
    /// | `crash` | only the end of the agent's process, with exit code 9 |
    public static let usualSteps: [AgentStep] = [
        .standardError("prompt ${prompt}"),
        .when("fail", [.fail(["code": -32_000, "message": "model overloaded", "data": ["retry": true]])]),
        .when("crash", [.crash(exitCode: 9)]),
        .event(["type": "reasoning", "reasoning_text": "Thinking ü"]),
        .event(["type": "message_chunk", "text": "Hello "]),
        .event(["type": "message_chunk", "text": "wörld"]),
        .when("plan", [.event(plan)]),
        .when("tool", [.event(toolCall), .event(toolResult)]),
        .when(
            "perm",
            [
                .event(toolCall),
                .permission(MockAgentPermission(toolCallID: "tc1", title: "Run npm test", command: "npm test")),
                .tellOutcome, .event(toolResult),
            ]
        ),
        .when("slow", [.ticks(count: 20, every: .milliseconds(500))]),
        .when("many", (0..<5000).map { .event(["type": "message_chunk", "text": "chunk \($0) "]) }),
    ]

    private static let plan: MockJSON = [
        "type": "plan",
        "plan_entries": [
            ["description": "Step one", "status": "in_progress", "priority": "high"],
            ["description": "Step two", "status": "pending", "priority": "low"],
        ],
    ]

    private static let toolCall: MockJSON = [
        "type": "tool_call", "tool_call_id": "tc1", "tool_name": "execute", "tool_title": "Run npm test",
        "tool_status": "pending",
        "normalized": ["kind": "shell_exec", "shell_exec": ["command": "npm test", "work_dir": "/w"]],
    ]

    static let toolResult: MockJSON = [
        "type": "tool_update", "tool_call_id": "tc1", "tool_status": "complete",
        "normalized": [
            "kind": "shell_exec",
            "shell_exec": ["command": "npm test", "work_dir": "/w", "output": ["stdout": "ok\n"]],
        ],
        "tool_call_contents": [
            ["type": "content", "content": ["type": "text", "text": "ok\n"]],
            ["type": "diff", "path": "/w/a.txt", "old_text": "a\n", "new_text": "b\n"],
        ],
    ]
}

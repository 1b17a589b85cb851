/// What a server does: a list of steps for each attempt of a client on the workspace stream, the script of the agent, the
/// processes that clients can start, and the faults.
///
/// A file holds one JSON object. `{"steps": […]}` is for all attempts. With `{"attempts": [{"steps": […]}, …]}`, the
/// n-th request for the stream gets the n-th list, and later requests get the last list. After its last step a
/// connection stays open. The server answers commands all the time. A file may also have the members `agent` (see
/// ``AgentScript``), `processes` and `faults`, as in the example below.
///
/// A step of a process has one member: `output`, `errorOutput`, `seconds` or `exit`; a process may have `startError`
/// instead of steps. The `kind` of a wrong answer is `silence`, `twice`, `late` with `seconds`, `otherID`, `failure`
/// with `status` and `message`, or `drop`. The other faults are `replay`, `lostMessages`, `ignoredPings` and
/// `ignoredPingCommands`, see ``MockFaults``. `docs/scenario.schema.json` describes all of it.
///
/// | `step` | members with their defaults; a member with a default may be missing |
/// |---|---|
/// | `holdUpgrade` | `seconds`: for ever |
/// | `refuseUpgrade` | `status` 300 to 599; `fields`: object of strings; `body`: text |
/// | `dropUpgrade`, `skipAttach`, `cut` | |
/// | `send` | `events`: messages as on the wire, `timestamp` may be missing; `rate` per second; `repeat`: 1 |
/// | `generate` | `kind`: `"mix"` or `"text"` with `bytes`; `count`: endless; `rate`; `seed`: 1 |
/// | `wait` | `seconds` |
/// | `waitForCommand` | `type`, such as `shell_input` |
/// | `close` | `code`; `reason` |
/// | `stall` | `seconds`: for ever |
/// | `garbage` | `text`, or `bytes`: numbers from 0 to 255 |
/// | `splitFrame` | `event`; `at`: bytes of the frame; `seconds`: 0.01 |
/// | `fragment` | `event`; `size`: payload bytes of a fragment |
/// | `ping` | `text`, or `bytes`, 125 at most |
/// | `loop` | `steps`; `count`: endless |
///
/// ```json
/// {
///   "$schema": "../docs/scenario.schema.json",
///   "attempts": [
///     {"steps": [{"step": "refuseUpgrade", "status": 503, "fields": {"Retry-After": "1"}}]},
///     {"steps": [
///       {"step": "send", "events": [{"type": "shell_output", "data": "$ "}]},
///       {"step": "waitForCommand", "type": "shell_input"},
///       {"step": "wait", "seconds": 0.5},
///       {"step": "cut"}
///     ]},
///     {"steps": [{"step": "generate", "rate": 100}]}
///   ],
///   "agent": {
///     "steps": [
///       {"step": "event", "event": {"type": "message_chunk", "text": "Looking at the tests"}},
///       {"step": "permission", "toolCallID": "t1", "title": "Run make check", "command": "make check"},
///       {"step": "tellOutcome"},
///       {"step": "when", "text": "slow", "steps": [{"step": "ticks", "count": 10, "seconds": 0.5}]}
///     ]
///   },
///   "processes": [
///     {
///       "command": "make check",
///       "steps": [{"output": "checking\n"}, {"seconds": 1}, {"errorOutput": "1 failed\n"}, {"exit": 2}]
///     }
///   ],
///   "faults": {"answers": [{"request": "agent.prompt", "kind": "late", "seconds": 1, "after": 1, "count": 1}]}
/// }
/// ```
public struct Scenario: Sendable, Hashable {
    /// The steps of each attempt; later attempts use the last list.
    ///
    /// An empty array means no steps.
    public var attempts: [[ScenarioStep]]
    /// The agent behind the agent stream.
    ///
    /// Default: the usual one.
    public var agent = AgentScript()
    /// The processes that clients can start, by their command lines.
    ///
    /// Default: none, so every process runs until it is stopped.
    public var processes: [MockProcess] = []
    /// What the server does wrong, besides the steps.
    ///
    /// Default: nothing.
    public var faults = MockFaults()

    /// Creates a scenario with the same steps for every attempt.
    ///
    /// - Parameter steps: The steps.
    public init(_ steps: [ScenarioStep] = []) { self.attempts = [steps] }

    /// Creates a scenario with different steps for each attempt.
    ///
    /// - Parameter attempts: The steps of the first attempt, of the second one, and so on; later attempts use the last
    ///   list.
    public init(attempts: [[ScenarioStep]]) { self.attempts = attempts }

    func plan(forAttempt attempt: Int) -> ScenarioPlan {
        guard let last = self.attempts.last else { return ScenarioPlan([]) }
        return ScenarioPlan(attempt < self.attempts.count ? self.attempts[attempt] : last)
    }
}

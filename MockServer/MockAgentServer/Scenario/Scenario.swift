/// What a server does on its connections: a list of steps for each attempt of a client.
///
/// A file holds one JSON object. `{"steps": […]}` is for all attempts. With `{"attempts": [{"steps": […]}, …]}`, the
/// n-th request for the stream gets the n-th list, and later requests get the last list. After its last step a
/// connection stays open. The server answers commands all the time.
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
///   "attempts": [
///     {"steps": [{"step": "refuseUpgrade", "status": 503, "fields": {"Retry-After": "1"}}]},
///     {"steps": [
///       {"step": "send", "events": [{"type": "shell_output", "data": "$ "}]},
///       {"step": "waitForCommand", "type": "shell_input"},
///       {"step": "wait", "seconds": 0.5},
///       {"step": "cut"}
///     ]},
///     {"steps": [{"step": "generate", "rate": 100}]}
///   ]
/// }
/// ```
public struct Scenario: Sendable, Hashable {
    /// The steps of each attempt; later attempts use the last list.
    ///
    /// An empty array means no steps.
    public var attempts: [[ScenarioStep]]

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

/// The result of a request to a lane.
enum LaneAnswer: Sendable {
    /// A cycle served it.
    case served(LifecycleVerb, CycleResult)
    /// A request with a higher rank replaced it.
    case superseded(by: LifecycleVerb)
}

/// What a request to a lane came to.
enum LaneAnswer: Sendable {
    /// A cycle served it.
    case served(LifecycleVerb, CycleResult)
    /// A request that outranks it took its place.
    case superseded(by: LifecycleVerb)
}

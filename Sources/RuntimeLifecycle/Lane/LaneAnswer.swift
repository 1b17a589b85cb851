/// The result of a request to a lane.
enum LaneAnswer: Sendable {
    /// A cycle served it.
    case served(LaneBatch.Operation, CycleResult)
    /// A request with a higher rank replaced it.
    case superseded(by: LaneBatch.Operation)
}

/// An action that ends a stream, or the attempt to open it, in a storm.
enum StormAction: String, CaseIterable {
    case cancelOpener, close, abort, closeClient, serverEnds

    /// All orders of the actions: 5!.
    static let orders: [[StormAction]] = permutations(allCases)

    /// All orders of some actions.
    static func permutations<Action>(_ actions: [Action]) -> [[Action]] {
        guard actions.count > 1 else { return [actions] }
        return actions.indices.flatMap { index in
            var rest = actions
            let first = rest.remove(at: index)
            return permutations(rest).map { [first] + $0 }
        }
    }
}

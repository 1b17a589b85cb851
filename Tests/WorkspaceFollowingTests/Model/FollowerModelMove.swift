import AgentRuntime
import WebSocketProtocol

@testable import WorkspaceFollowing

/// One step of the world around the machine of a follower.
enum FollowerModelMove: Hashable, CustomStringConvertible {
    case start
    case close
    case reconnectNow
    case suspect
    case attachAgain
    /// An operation reports.
    case report(FollowerMachine.Operation, Outcome)

    /// What an operation reports.
    enum Outcome: Hashable, CaseIterable {
        case sameAnswer, otherAnswer, over, granted, opened, attached, done, left
        case lostBackOff, lostNow, lostAfter, lostForever, lostInstance

        /// The failure; nil if it is none.
        var failure: FollowerFailure? {
            switch self {
            case .lostBackOff: FollowerFailure(.stream, description: "lost", retry: .backOff)
            case .lostNow: FollowerFailure(.stream, description: "lost", retry: .now)
            case .lostAfter: FollowerFailure(.dial, description: "busy", retry: .after(.seconds(5)))
            case .lostForever:
                FollowerFailure(.dial, error: AgentRuntimeError(.unauthorized, ""), description: "401", retry: .never)
            case .lostInstance:
                FollowerFailure(.dial, error: AgentRuntimeError(.instanceGone, ""), description: "gone", retry: .never)
            default: nil
            }
        }
    }

    var description: String {
        switch self {
        case .start: "start"
        case .close: "close"
        case .reconnectNow: "reconnectNow"
        case .suspect: "suspect"
        case .attachAgain: "attachAgain"
        case .report(let operation, let outcome): "\(operation.kind) \(operation.number): \(outcome)"
        }
    }
}

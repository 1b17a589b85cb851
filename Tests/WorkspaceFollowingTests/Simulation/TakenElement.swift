import WorkspaceFollowing
import WorkspaceProtocol

/// An element that a consumer has taken.
struct TakenElement {
    let element: FollowedElement
    let time: Duration

    /// The event; nil if it is none.
    var event: WorkspaceEvent? {
        switch self.element {
        case .event(let event), .recovered(let event, _): event
        default: nil
        }
    }

    var isRecovered: Bool { if case .recovered = self.element { true } else { false } }

    var gap: Gap? { if case .gap(let gap) = self.element { gap } else { nil } }

    /// Whether the follower says that it is live.
    var isLive: Bool { if case .connection(.live) = self.element { true } else { false } }

    var isRecovering: Bool { if case .connection(.recovering) = self.element { true } else { false } }

    /// One line for a trace.
    static func text(_ element: FollowedElement) -> String {
        switch element {
        case .event(let event): "event \(Self.text(event))"
        case .recovered(let event, let source): "recovered by \(source) \(Self.text(event))"
        case .gap(let gap):
            "gap \(gap.scope) \(gap.cause) \(gap.recovered) \(gap.certainty)"
                + (gap.heads.map { " \($0.from ?? "-")…\($0.to ?? "-")" } ?? "")
        case .connection(.waiting(let wait)): "waiting \(wait.delay) after \(wait.failure.description.prefix(40))"
        case .connection(let state): state.name
        @unknown default: "?"
        }
    }

    private static func text(_ event: WorkspaceEvent) -> String {
        let numbers = MadeEvent.numbers(in: event).map(\.number)
        return switch event.content {
        case .gitCommit(let commit): "commit \(commit.commitSHA) of \(commit.parentSHA)"
        case .gitStatus(let status): "status \(status.ahead) head \(status.headCommit ?? "-")"
        case .processOutput(let output): "output \(output.processID) \(output.stream) \(numbers)"
        case .processStatus(let status): "process \(status.processID) \(status.status.rawValue)"
        default: "\(event.type) \(numbers)"
        }
    }
}

extension Gap {
    /// Whether the whole connection, or a whole runtime, was lost.
    var isOfConnection: Bool { self.scope == .stream && !self.isSuspectedDrop }

    var isSuspectedDrop: Bool { self.cause == .suspectedDrop }

    var isReplaced: Bool { self.cause == .replaced }
}

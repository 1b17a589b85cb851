import AgentRuntime
import Logging

/// Writes what happens to a follower as debug lines, without anything that the runtime or a user has written.
struct FollowerLog: Sendable {
    /// What a line names, as far as it is known.
    struct Names: Sendable {
        var workspace: String?
        var generation: Int?
        var connection: UInt64?
    }

    private let logger: Logger
    private let stream: FollowerObservation.Stream

    /// - Returns: Nil if no debug lines are logged.
    init?(_ logger: Logger, _ stream: FollowerObservation.Stream) {
        guard logger.logLevel <= .debug else { return nil }
        (self.logger, self.stream) = (logger, stream)
    }

    func write(_ observation: FollowerObservation.Kind, _ names: Names) {
        switch observation {
        case .changed(_, let state):
            var metadata = self.metadata(names)
            metadata["state"] = "\(state.name)"
            switch state {
            case .dialling(let attempt): metadata["attempt"] = "\(attempt)"
            case .waiting(let wait):
                metadata["attempt"] = "\(wait.attempt)"
                metadata["delay"] = "\(wait.delay)"
                Self.add(wait.failure, to: &metadata)
            case .gone(let end): if let failure = end.failure { Self.add(failure, to: &metadata) }
            default: break
            }
            self.logger.debug("Follower changed its state", metadata: metadata)
        case .gap(let gap):
            var metadata = self.metadata(names)
            metadata["scope"] = "\(gap.scope.name)"
            metadata["cause"] = "\(gap.cause)"
            metadata["certainty"] = "\(gap.certainty.rawValue)"
            self.logger.debug("Follower has a gap", metadata: metadata)
        case .reconnecting, .dialled, .recovered, .progressed: break
        }
    }

    private func metadata(_ names: Names) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["stream": "\(self.stream.rawValue)"]
        if let workspace = names.workspace { metadata["workspace"] = "\(workspace)" }
        if let generation = names.generation { metadata["generation"] = "\(generation)" }
        if let connection = names.connection { metadata["connection"] = "\(connection)" }
        return metadata
    }

    private static func add(_ failure: FollowerFailure, to metadata: inout Logger.Metadata) {
        metadata["failure"] = "\(failure.kind.rawValue)"
        if let error = failure.error { metadata["reason"] = "\(error.code)" }
    }
}

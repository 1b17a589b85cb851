import AgentRuntime
import WorkspaceProtocol

// The position as a value that can be kept, and back.
extension WorkspaceTracker {
    /// The position of the consumer.
    func position(in origin: RuntimeIdentity) -> FollowerPosition {
        FollowerPosition(
            instanceID: origin.instanceID,
            generation: origin.generation,
            shell: self.shell,
            processes: self.running.map { process in
                .init(
                    id: process.status.processID,
                    sessionID: process.status.sessionID,
                    kind: process.status.kind.rawValue,
                    command: process.status.command,
                    outputs: process.outputs.map { stream, track in
                        .init(
                            stream: stream.rawValue,
                            timestamp: track.last.timestamp.rawValue,
                            length: track.last.length,
                            count: track.count
                        )
                    }
                )
            },
            repositories: self.repositories.all.sorted { $0.name < $1.name }.map { name, repository in
                .init(
                    name: name.isEmpty ? nil : name,
                    head: repository.commits.head,
                    taken: repository.commits.taken,
                    recovered: repository.commits.recovered
                )
            },
            local: self.lastLocal,
            server: self.lastServer
        )
    }

    /// Creates the state of a consumer at a position.
    init(_ position: FollowerPosition, keepsDiffs: Bool) {
        self.init(keepsDiffs: keepsDiffs)
        self.restore(position)
    }
}

/// Requests that one cycle serves together.
struct LaneBatch: Hashable, Sendable {
    /// Identifies one request for its caller.
    struct Ticket: Hashable, Sendable { let number: UInt64 }

    /// Restart, stop or delete; the other verbs do not use a lane.
    var verb: LifecycleVerb
    var tickets: [Ticket]
    /// The last command that a request named, if any.
    var command: RuntimeCommand?
    /// The complaint, if this is a reactive restart; `nil` as soon as a person or program has asked for a restart.
    var complaint: Complaint?

    /// The generation that is unhealthy, and since when.
    struct Complaint: Hashable, Sendable {
        /// The newest generation with a complaint; other generations are left alone.
        let generation: UInt64
        /// The time of the first complaint.
        let since: Duration
    }

    /// Merges the request `later` into this waiting batch; returns the merged batch and the requests that lose.
    ///
    /// | waiting \\ later | restart              | stop                    | delete                  |
    /// |------------------|----------------------|-------------------------|-------------------------|
    /// | restart          | one restart for both | stop, restart outranked | delete, restart outranked |
    /// | stop             | restart: its stop leg serves the stop; a reactive restart is outranked | one stop | delete serves both |
    /// | delete           | delete, restart outranked | delete serves both | one delete              |
    func merged(with later: LaneBatch) -> (batch: LaneBatch, outranked: [Ticket]) {
        switch (self.verb, later.verb) {
        case (.restart, .stop), (.restart, .delete): (later, self.tickets)
        case (.delete, .restart): (self, later.tickets)
        case (.stop, .restart) where later.complaint != nil: (self, later.tickets)
        case (.delete, .stop): (self.joined(later, as: .delete), [])
        default: (self.joined(later, as: later.verb), [])
        }
    }

    private func joined(_ later: LaneBatch, as verb: LifecycleVerb) -> LaneBatch {
        LaneBatch(
            verb: verb,
            tickets: self.tickets + later.tickets,
            command: self.joinedCommand(later),
            complaint: self.joinedComplaint(later)
        )
    }

    /// The last command that names arguments; a command without arguments means the command of before.
    private func joinedCommand(_ later: LaneBatch) -> RuntimeCommand? {
        guard let command = later.command, !command.arguments.isEmpty else { return self.command ?? later.command }
        return command
    }

    /// A request of a person is for any generation; the batch is bound to a generation only if all are complaints.
    private func joinedComplaint(_ later: LaneBatch) -> Complaint? {
        guard let mine = self.complaint, let other = later.complaint else { return nil }
        return Complaint(generation: max(mine.generation, other.generation), since: min(mine.since, other.since))
    }
}

/// Requests that one cycle serves together.
struct LaneBatch: Hashable, Sendable {
    /// Names one request to the caller who waits for it.
    struct Ticket: Hashable, Sendable { let number: UInt64 }

    /// Restart, stop or delete: no other verb passes a lane.
    var verb: LifecycleVerb
    var tickets: [Ticket]
    /// The last command that was given, if any.
    var command: RuntimeCommand?
    /// For reactive restarts: what was complained of; `nil` once somebody has asked for a restart.
    var complaint: Complaint?

    /// What probes found wrong.
    struct Complaint: Hashable, Sendable {
        /// The newest generation that was complained of; another one is left alone.
        let generation: UInt64
        /// When the first of the complaints came.
        let since: Duration
    }

    /// Who loses when `later` is asked for while this batch waits, and what remains.
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

    /// The last command that says what to run; one without arguments means "as before".
    private func joinedCommand(_ later: LaneBatch) -> RuntimeCommand? {
        guard let command = later.command, !command.arguments.isEmpty else { return self.command ?? later.command }
        return command
    }

    /// A person's request is for whatever runs; only if all are complaints is the cycle bound to a generation.
    private func joinedComplaint(_ later: LaneBatch) -> Complaint? {
        guard let mine = self.complaint, let other = later.complaint else { return nil }
        return Complaint(generation: max(mine.generation, other.generation), since: min(mine.since, other.since))
    }
}

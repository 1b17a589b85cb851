import ConcurrencyPrimitives

/// A member of the client's barrier that is no stream: a control call, or what belongs to control calls.
struct ClientMember: Sendable {
    /// Tells the member to end; called once, outside the lock. It must not wait.
    let cancel: @Sendable () -> Void
    /// What the member is doing since when; for reports.
    let activity = TaskActivity(.calling)
    /// Resolves when the member has left; made by the first close of the client.
    private(set) var ended: Promise<Void>?

    init(cancel: @escaping @Sendable () -> Void) { self.cancel = cancel }

    /// The promise that resolves when the member has left, and whether this is the first close.
    mutating func promiseOfLeaving() -> (ended: Promise<Void>, isFirst: Bool) {
        if let ended = self.ended { return (ended, false) }
        let ended = Promise<Void>()
        self.ended = ended
        return (ended, true)
    }

    /// The name of all members in reports, instead of the name of a slot.
    static let slot = StreamSlot.Name(rawValue: "control")
}

extension ClientDriver {
    /// Registers a member, before it begins.
    ///
    /// - Parameter cancel: Tells the member to end; called once, when the client closes. It must not wait.
    /// - Returns: The name with which the member must report that it has left; nil if the client is closed.
    func register(_ cancel: @escaping @Sendable () -> Void) -> ClientLifetime.MemberID? {
        self.state.withLock { state in
            guard let id = state.lifetime.register() else { return nil }
            state.members[id] = ClientMember(cancel: cancel)
            return id
        }
    }

    /// A member has left, and nothing of it is left.
    func left(_ id: ClientLifetime.MemberID) {
        let member = self.state.withLock { state in
            state.lifetime.left(id)
            return state.members.removeValue(forKey: id)
        }
        member?.ended?.resolve(())
    }
}

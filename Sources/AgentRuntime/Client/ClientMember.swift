import ConcurrencyPrimitives

/// A member of the client's barrier that is no stream: a control call, or what belongs to control calls.
struct ClientMember: Sendable {
    /// Tells the member to end; called once, outside the lock, and must not wait.
    let cancel: @Sendable () -> Void
    /// Whether the member only rests until it is told to end, like kept connections; then it is no work to report.
    let isResting: Bool
    /// Resolves when the member has left; made by the first close of the client.
    private(set) var ended: Promise<Void>?
    private let activity = TaskActivity(.calling)

    init(isResting: Bool, cancel: @escaping @Sendable () -> Void) {
        (self.isResting, self.cancel) = (isResting, cancel)
    }

    /// What the member is doing since when; nil for one that rests.
    var report: StreamTaskReport? {
        self.isResting && self.ended == nil ? nil : self.activity.report(.call, in: Self.slot)
    }

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
    /// - Parameters:
    ///   - isResting: Whether it only rests until it is told to end.
    ///   - cancel: Tells the member to end; called once, when the client closes. It must not wait.
    /// - Returns: The name with which the member must report that it has left; nil if the client is closed.
    func register(
        isResting: Bool = false,
        _ cancel: @escaping @Sendable () -> Void
    ) -> ClientLifetime.MemberID? {
        self.state.withLock { $0.register(isResting: isResting, cancel) }
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

extension ClientDriver.State {
    /// See ``ClientDriver/register(isResting:_:)``.
    mutating func register(
        isResting: Bool,
        _ cancel: @escaping @Sendable () -> Void
    ) -> ClientLifetime.MemberID? {
        guard let id = self.lifetime.register() else { return nil }
        self.members[id] = ClientMember(isResting: isResting, cancel: cancel)
        return id
    }
}

// Control calls.
extension ClientDriver {
    /// The control calls; made at the first use, because many clients make none.
    var control: RuntimeControl {
        if let control = self.state.withLock({ $0.control }) { return control }
        let initialization = self.initialization
        let made = RuntimeControl(self.settings, membership: self.membership, timers: self.timers) {
            initialization.agentEnded()
        }
        return self.state.withLock { state in
            if let control = state.control { return control }
            state.control = made
            // Its kept connections are a member from now on, so that a close also waits for their sockets. A closed
            // client registers none, but then the calls are refused and keep no connection.
            let member = Promise<ClientLifetime.MemberID>()
            let id = state.register(isResting: true) { [weak self] in
                // Registered above: the close waits until it has left.
                Task {
                    await made.closeConnections()
                    self?.left(await member.wait())
                }
            }
            if let id { member.resolve(id) }
            return made
        }
    }

    /// What the agent streams of the client share; made at the first use, because many clients have none.
    var initialization: AgentInitialization {
        self.state.withLock { state in
            let initialization = state.initialization ?? AgentInitialization()
            state.initialization = initialization
            return initialization
        }
    }

    /// How each control call becomes a member.
    private var membership: ControlMembership {
        ControlMembership { [weak self] cancel in
            self?.register(cancel)?.number
        } leave: { [weak self] number in
            self?.left(ClientLifetime.MemberID(number: number))
        }
    }
}

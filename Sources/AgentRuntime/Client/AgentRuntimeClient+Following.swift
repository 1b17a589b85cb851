import ConcurrencyPrimitives
import WorkspaceProtocol

// What a follower of a workspace needs: its place in the barrier, and a stream whose events go to it.
extension AgentRuntimeClient {
    /// The place of one member in the barrier of its client.
    package struct Membership: Sendable {
        fileprivate let driver: ClientDriver
        fileprivate let id: ClientLifetime.MemberID

        /// The member has left, and nothing of it is left; the last thing that a member does.
        package func leave() { self.driver.left(self.id) }
    }

    /// Registers a member of the barrier, before it begins: a close of the client tells it to end, and waits for it.
    ///
    /// - Parameter cancel: Tells the member to end; called once, when the client closes. It must not wait.
    /// - Returns: Its place; nil if the client is closed, and then the member must not begin.
    package func join(_ cancel: @escaping @Sendable () -> Void) -> Membership? {
        self.driver.register(cancel).map { Membership(driver: self.driver, id: $0) }
    }

    /// Opens the workspace stream like ``openWorkspaceStream()``, and gives its events to a receiver.
    ///
    /// The stream has no events of its own: ``WorkspaceStream/events`` ends at once.
    ///
    /// - Parameter receiver: Gets the events from the first one on. It is held until the stream is released.
    /// - Returns: The open stream.
    /// - Throws: The errors of ``openWorkspaceStream()``.
    package func openWorkspaceStream(to receiver: any WorkspaceEventReceiver) async throws -> WorkspaceStream {
        let kind = WorkspaceStreamKind(self.driver.settings.configuration, receiver: receiver)
        return WorkspaceStream(core: try await self.driver.open(kind), owner: self)
    }

    /// The timers of the client.
    package var timers: any RuntimeTimers { self.driver.timers }

    /// The timers of clients with this configuration.
    package static func timers(_ configuration: AgentRuntimeConfiguration) -> any RuntimeTimers {
        if let clock = configuration.clock { return ClockTimers(clock) }
        return EventLoopTimers(group: configuration.eventLoopGroup)
    }

    /// The clock of the configuration; nil means that of the system.
    package var clock: (any Clock<Duration>)? { self.driver.settings.configuration.clock }
}

extension AgentRuntimeClient {
    /// Goes on with what another client of the same instance knows of its agent: whether it was initialized, and the
    /// numbers of prompts.
    ///
    /// - Parameter other: The client before.
    package func goOn(withAgentOf other: AgentRuntimeClient) {
        guard other !== self else { return }
        self.driver.initialization.goOn(from: other.driver.initialization)
    }
}

extension AgentStream {
    /// Calls `use` when the stream is *drained*; now if it is already.
    ///
    /// - Parameter use: Called once, outside of all locks; must not wait.
    package func whenDrained(_ use: @escaping @Sendable (StreamEnd) -> Void) { self.core.drained.whenKnown(use) }

    /// The number of events that have come.
    package var receivedEvents: Int { self.core.events.receivedCount }

    /// When the last event came, in milliseconds since 1970; nil before the first one.
    package var lastEvent: Int64? { self.core.events.lastEvent }

    /// How much waits for the consumer.
    package var queued: (events: Int, bytes: Int) {
        let queued = self.core.events.mailbox.queued
        return (queued.elements, queued.bytes)
    }

    /// The number for the next prompt.
    package func nextGeneration() -> Int64 { self.initialization.nextGeneration() }
}

extension AgentStream {
    /// The number of the connection, as it is in the log; nil if it has none.
    package var connectionID: UInt64? { self.core.connection.id }
}

extension WorkspaceStream {
    /// The number of the connection, as it is in the log; nil if it has none.
    package var connectionID: UInt64? { self.core.connection.id }

    /// Calls `use` when the stream is *drained*; now if it is already.
    ///
    /// - Parameter use: Called once, outside of all locks; must not wait.
    package func whenDrained(_ use: @escaping @Sendable (StreamEnd) -> Void) { self.core.drained.whenKnown(use) }
}

import ConcurrencyPrimitives

#if RED_CONTROLS
internal import RedControls
#endif

/// The connections of one client for its control calls: ``ControlPoolState`` behind one lock, with the sockets.
///
/// Each kept connection is closed by the server, by ``close()``, or by the call that uses it next.
final class ControlConnectionPool: Sendable {
    /// A connection under its number in the pool.
    struct Lease: Sendable {
        let id: ControlPoolState.ConnectionID
        let connection: any ControlConnection
    }

    /// What a caller has got.
    enum Granted: Sendable {
        /// A kept connection; give it back.
        case use(Lease)
        /// The right to dial; give it back with or without a connection.
        case dial
        /// Nothing: the pool is closed.
        case refused
        /// Nothing: the call has ended.
        case cancelled
    }

    private struct State {
        var pool: ControlPoolState
        var nextID: UInt64 = 0
        /// The connections that are kept, or are being passed on.
        var leases: [ControlPoolState.ConnectionID: Lease] = [:]
        var waiters: [ControlPoolState.CallerID: Promise<Granted>] = [:]

        mutating func newID() -> UInt64 {
            self.nextID += 1
            return self.nextID
        }

        /// What the permit means for its caller.
        mutating func granted(_ permit: ControlPoolState.Permit) -> Granted {
            switch permit {
            case .dial: .dial
            // A connection is in the table as long as its id is in the pool.
            case .use(let id): self.leases.removeValue(forKey: id).map(Granted.use) ?? .dial
            }
        }
    }

    private let state: Locked<State>

    /// - Parameter limit: The largest number of connections.
    init(limit: Int = 4) { self.state = Locked(State(pool: ControlPoolState(limit: limit))) }

    // No call runs any more, and nobody has closed the client: its kept connections must not stay open.
    deinit {
        for lease in self.state.withLock({ Array($0.leases.values) }) { lease.connection.abort() }
    }

    /// Waits for a connection or for the right to make one, until the call ends.
    func take(for call: ControlCall) async -> Granted {
        let promise = Promise<Granted>()
        let (id, granted) = self.state.withLock { state -> (ControlPoolState.CallerID, Granted?) in
            let id = state.newID()
            switch state.pool.request(id) {
            case .refused: return (id, .refused)
            case .granted(let permit): return (id, state.granted(permit))
            case .wait:
                state.waiters[id] = promise
                return (id, nil)
            }
        }
        if let granted { return granted }
        call.onEnd { self.cancel(id) }
        defer { call.onEnd(nil) }
        // Not cancellable by itself: the end of the call resolves it.
        return await promise.wait()
    }

    private func cancel(_ id: ControlPoolState.CallerID) {
        let promise = self.state.withLock { state -> Promise<Granted>? in
            // If the permit was passed on already, its caller gives it back.
            state.pool.cancel(id) ? state.waiters.removeValue(forKey: id) : nil
        }
        promise?.resolve(.cancelled)
    }

    /// Gives a new connection its number.
    func adopt(_ connection: any ControlConnection) -> Lease {
        let lease = Lease(id: self.state.withLock { $0.newID() }, connection: connection)
        connection.whenClosed { [weak self] in self?.ended(lease.id) }
        return lease
    }

    /// Returns the permit with a connection that can be used again; after a close, closes it.
    func giveBack(_ lease: Lease) async {
        let (action, waiter) = self.state.withLock { state in
            let action = state.pool.giveBack(lease.id)
            if action != .close { state.leases[lease.id] = lease }
            return (action, Self.waiter(of: action, in: &state))
        }
        if let (promise, granted) = waiter { promise.resolve(granted) }
        switch action {
        case .close: await lease.connection.close()
        // It may have ended before it was kept; if it ends later, the pool is told.
        case .kept: if !lease.connection.isOpen { self.ended(lease.id) }
        case .freed, .passOn: break
        }
    }

    /// Returns the permit without a connection.
    func giveBack() {
        let waiter = self.state.withLock { state in
            let action = state.pool.giveBack()
            return Self.waiter(of: action, in: &state)
        }
        if let (promise, granted) = waiter { promise.resolve(granted) }
    }

    private static func waiter(
        of action: ControlPoolState.OnReturn,
        in state: inout State
    ) -> (promise: Promise<Granted>, granted: Granted)? {
        guard case .passOn(let permit, let caller) = action, let promise = state.waiters.removeValue(forKey: caller)
        else { return nil }
        return (promise, state.granted(permit))
    }

    private func ended(_ id: ControlPoolState.ConnectionID) {
        self.state.withLock { state in
            state.pool.ended(id)
            state.leases[id] = nil
        }
    }

    /// The number of kept connections.
    var keptCount: Int { self.state.withLock { $0.pool.kept.count } }

    /// The number of permits that calls have.
    var permitCount: Int { self.state.withLock { $0.pool.permits } }

    /// The number of calls that wait for a connection.
    var waitingCount: Int { self.state.withLock { $0.pool.waiting.count } }

    /// Closes the kept connections and waits until their sockets are closed; later returns close theirs.
    func close() async {
        let (connections, waiters) = self.state.withLock { state in
            let closed = state.pool.close()
            let waiters = closed.callers.compactMap { state.waiters.removeValue(forKey: $0) }
            return (closed.connections.compactMap { state.leases.removeValue(forKey: $0)?.connection }, waiters)
        }
        for waiter in waiters { waiter.resolve(.refused) }
        #if RED_CONTROLS
        if RedControl.isActive(.keptConnectionsStayOpen) { return }
        #endif
        // All at once: each wait is then short.
        for connection in connections { connection.abort() }
        for connection in connections { await connection.close() }
    }

    #if RED_CONTROLS
    /// Takes one more permit, which nobody returns, for a mutant.
    func takePermitForEver() { self.state.withLock { _ = $0.pool.request($0.newID()) } }
    #endif
}

#if RED_CONTROLS
internal import RedControls
#endif

/// The connection pool: which connections of a client are kept and used, and who waits for one; a pure value.
///
/// A *permit* is the right to have one connection, kept or new; there are at most ``limit`` of them. A caller gets a
/// permit with a kept connection, or with the right to dial, or waits for one. It gives the permit back with its
/// connection, or without.
///
/// Rules: permits and kept connections are together never more than the limit; while somebody waits, no connection is
/// kept and no permit is free; the caller that waited first is served first; after the close nobody waits and nothing is
/// kept.
struct ControlPoolState: Hashable, Sendable {
    typealias ConnectionID = UInt64
    typealias CallerID = UInt64

    /// What a permit gives.
    enum Permit: Hashable, Sendable {
        /// A kept connection.
        case use(ConnectionID)
        /// The right to make a connection.
        case dial
    }

    /// The answer to a caller.
    enum OnRequest: Hashable, Sendable {
        case granted(Permit)
        /// Wait until a permit is passed on.
        case wait
        /// The pool is closed.
        case refused
    }

    /// What to do with a permit that came back.
    enum OnReturn: Hashable, Sendable {
        /// The connection is kept.
        case kept
        /// The pool is closed: the caller closes the connection, because nobody else knows it.
        case close
        /// Somebody waits for it.
        case passOn(Permit, to: CallerID)
        /// It is free.
        case freed
    }

    /// The largest number of connections, at least 1.
    let limit: Int
    /// The kept connections; the one that was used last comes last.
    private(set) var kept: [ConnectionID] = []
    /// The number of permits that were given and not returned.
    private(set) var permits = 0
    /// Who waits, the first one first.
    private(set) var waiting: [CallerID] = []
    /// Whether the pool is closed.
    private(set) var isClosed = false

    init(limit: Int) { self.limit = limit }

    /// A caller wants a connection.
    mutating func request(_ caller: CallerID) -> OnRequest {
        guard !self.isClosed else { return .refused }
        // The one that was used last is the one that the server has most likely kept, too.
        if let connection = self.kept.popLast() {
            self.permits += 1
            return .granted(.use(connection))
        }
        #if RED_CONTROLS
        if RedControl.isActive(.connectionsUnbounded) {
            self.permits += 1
            return .granted(.dial)
        }
        #endif
        guard self.permits < self.limit else {
            self.waiting.append(caller)
            return .wait
        }
        self.permits += 1
        return .granted(.dial)
    }

    /// A caller no longer waits.
    ///
    /// - Returns: Whether it waited; if not, it has a permit that it must return.
    mutating func cancel(_ caller: CallerID) -> Bool {
        guard let index = self.waiting.firstIndex(of: caller) else { return false }
        self.waiting.remove(at: index)
        return true
    }

    /// A permit comes back with a connection that can be used again.
    mutating func giveBack(_ connection: ConnectionID) -> OnReturn {
        guard !self.isClosed else {
            self.permits -= 1
            return .close
        }
        guard let caller = self.popFirstWaiting() else {
            self.permits -= 1
            self.kept.append(connection)
            return .kept
        }
        return .passOn(.use(connection), to: caller)
    }

    /// A permit comes back, and its connection is closed, or was never made.
    mutating func giveBack() -> OnReturn {
        guard let caller = self.popFirstWaiting() else {
            self.permits -= 1
            return .freed
        }
        return .passOn(.dial, to: caller)
    }

    /// A connection has ended.
    mutating func ended(_ connection: ConnectionID) { self.kept.removeAll { $0 == connection } }

    /// Nobody gets a connection any more.
    ///
    /// - Returns: The connections to close, and the callers to refuse.
    mutating func close() -> (connections: [ConnectionID], callers: [CallerID]) {
        self.isClosed = true
        defer { (self.kept, self.waiting) = ([], []) }
        return (self.kept, self.waiting)
    }

    private mutating func popFirstWaiting() -> CallerID? {
        #if RED_CONTROLS
        if RedControl.isActive(.lastWaitingCallFirst) { return self.waiting.popLast() }
        #endif
        return self.waiting.isEmpty ? nil : self.waiting.removeFirst()
    }
}

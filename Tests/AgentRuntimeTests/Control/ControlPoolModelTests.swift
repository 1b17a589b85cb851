import Testing

@testable import AgentRuntime

/// A small world around the production state: callers, the connections that they have, and a plain second account of
/// the rules to compare with.
private struct PoolWorld: Hashable {
    /// What a caller is doing.
    enum Caller: Hashable {
        case idle
        case waiting
        /// It has the right to dial.
        case dialling
        /// It has a connection.
        case using(UInt64)
        /// It was told that the pool is closed.
        case refused
    }

    enum Move: Hashable {
        case request(Int)
        case cancel(Int)
        /// The dial of a caller succeeds.
        case connected(Int)
        /// The caller returns its permit without a connection.
        case fails(Int)
        /// The caller returns its permit with its connection.
        case succeeds(Int)
        /// The server ends a kept connection.
        case serverEnds(UInt64)
        case close
    }

    /// A protection that is removed from the driver, to see that the search finds it.
    enum Fault: CaseIterable {
        case none
        /// A caller that was cancelled after it was passed a permit does not return it.
        case permitLost
        /// A caller that has failed does not return its permit.
        case failureKeepsPermit
        /// The end of a kept connection is not told to the pool.
        case endNotTold
        /// A connection that is returned after the close stays open.
        case lateReturnStaysOpen
    }

    var pool: ControlPoolState
    var callers: [Caller]
    /// The callers in the order in which they began to wait.
    var order: [Int] = []
    var nextConnection: UInt64 = 1
    /// The connections whose sockets are open.
    var open: Set<UInt64> = []
    /// Callers whose task was cancelled, so that they must return what they are passed.
    var cancelled: Set<Int> = []
    var problem: String?

    init(callers: Int, limit: Int) {
        self.pool = ControlPoolState(limit: limit)
        self.callers = Array(repeating: .idle, count: callers)
    }

    func moves() -> [Move] {
        var moves: [Move] = self.pool.isClosed ? [] : [.close]
        for (index, caller) in self.callers.enumerated() {
            switch caller {
            case .idle: moves.append(.request(index))
            case .waiting: moves.append(.cancel(index))
            case .dialling: moves += [.connected(index), .fails(index)]
            case .using: moves += [.succeeds(index), .fails(index)]
            case .refused: break
            }
        }
        return moves + self.pool.kept.map(Move.serverEnds)
    }

    mutating func perform(_ move: Move, _ fault: Fault) {
        switch move {
        case .request(let caller):
            switch self.pool.request(UInt64(caller)) {
            case .granted(let permit): self.grant(permit, to: caller)
            case .wait:
                self.callers[caller] = .waiting
                self.order.append(caller)
            case .refused: self.callers[caller] = .refused
            }
        case .cancel(let caller):
            if !self.pool.cancel(UInt64(caller)) { self.problem = "a waiting caller is not known" }
            self.callers[caller] = .idle
            self.order.removeAll { $0 == caller }
        case .connected(let caller):
            self.callers[caller] = .using(self.nextConnection)
            self.open.insert(self.nextConnection)
            self.nextConnection += 1
        case .fails(let caller): self.fails(caller, fault)
        case .succeeds(let caller): self.succeeds(caller, fault)
        case .serverEnds(let connection):
            self.open.remove(connection)
            if fault != .endNotTold { self.pool.ended(connection) }
        case .close:
            let closed = self.pool.close()
            for connection in closed.connections { self.open.remove(connection) }
            for caller in closed.callers { self.callers[Int(caller)] = .refused }
            self.order = []
        }
        self.check()
    }

    private mutating func grant(_ permit: ControlPoolState.Permit, to caller: Int) {
        switch permit {
        case .dial: self.callers[caller] = .dialling
        case .use(let connection): self.callers[caller] = .using(connection)
        }
    }

    private mutating func fails(_ caller: Int, _ fault: Fault) {
        if case .using(let connection) = self.callers[caller] { self.open.remove(connection) }
        self.callers[caller] = .idle
        if fault != .failureKeepsPermit { self.follow(self.pool.giveBack(), fault) }
    }

    private mutating func succeeds(_ caller: Int, _ fault: Fault) {
        guard case .using(let connection) = self.callers[caller] else { return }
        self.callers[caller] = .idle
        let action = self.pool.giveBack(connection)
        if action == .close, fault != .lateReturnStaysOpen { self.open.remove(connection) }
        self.follow(action, fault)
    }

    private mutating func follow(_ action: ControlPoolState.OnReturn, _ fault: Fault) {
        guard case .passOn(let permit, let caller) = action else { return }
        if self.order.first != Int(caller) { self.problem = "a later caller was served first" }
        self.order.removeAll { $0 == Int(caller) }
        // Half of the callers were cancelled at this very moment: they return what they got.
        guard Int(caller) == 0 else { return self.grant(permit, to: Int(caller)) }
        self.callers[0] = .idle
        guard fault != .permitLost else { return }
        switch permit {
        case .dial: self.follow(self.pool.giveBack(), fault)
        case .use(let connection):
            self.open.remove(connection)
            self.follow(self.pool.giveBack(), fault)
        }
    }

    private mutating func check() {
        let active = self.callers.count { caller in
            switch caller {
            case .dialling, .using: true
            case .idle, .waiting, .refused: false
            }
        }
        let used = self.callers.compactMap { caller -> UInt64? in
            if case .using(let connection) = caller { connection } else { nil }
        }
        let pool = self.pool
        let waiting = Set(pool.waiting.map { Int($0) })
        if pool.permits != active { self.problem = "\(pool.permits) permits for \(active) callers" }
        if pool.permits + pool.kept.count > pool.limit { self.problem = "more connections than the limit" }
        if Set(used).count != used.count { self.problem = "two callers have one connection" }
        if !Set(used).isDisjoint(with: pool.kept) { self.problem = "a used connection is kept" }
        if waiting != Set(self.order) || self.callers.count(where: { $0 == .waiting }) != waiting.count {
            self.problem = "somebody waits whom the pool does not know"
        }
        if !waiting.isEmpty, !pool.kept.isEmpty || pool.permits < pool.limit {
            self.problem = "somebody waits although a connection is free"
        }
        if Set(used).union(pool.kept) != self.open {
            self.problem = "an open socket that nobody has, or a kept one that ended"
        }
        if pool.isClosed, !pool.kept.isEmpty || !waiting.isEmpty { self.problem = "something is left after the close" }
    }

    /// The same world with the numbers of connections counted from 1, so that the search ends.
    var renumbered: PoolWorld {
        guard self.open.isEmpty, self.pool.kept.isEmpty else { return self }
        var world = self
        world.nextConnection = 1
        return world
    }
}

@Suite("The pool of control connections: every order of events", .timeLimit(.minutes(1)))
struct ControlPoolModelTests {
    /// Searches all states up to a number of moves.
    private func search(
        callers: Int,
        limit: Int,
        depth: Int,
        _ fault: PoolWorld.Fault
    ) -> (states: Int, problem: String?) {
        var seen: Set<PoolWorld> = []
        var level = [PoolWorld(callers: callers, limit: limit)]
        for _ in 0..<depth {
            var next: [PoolWorld] = []
            for world in level {
                for move in world.moves() {
                    var after = world
                    after.perform(move, fault)
                    if let problem = after.problem { return (seen.count, "\(move): \(problem)") }
                    let state = after.renumbered
                    if seen.insert(state).inserted { next.append(state) }
                }
            }
            level = next
        }
        return (seen.count, nil)
    }

    @Test("No order of requests, returns, ends, cancellations and a close breaks a rule", arguments: [1, 2, 3])
    func everyOrder(limit: Int) {
        let result = self.search(callers: 4, limit: limit, depth: 11, .none)
        #expect(result.problem == nil)
        // With a limit of 1, these are all states.
        #expect(result.states > 200)
    }

    @Test("The search finds each fault of the driver", arguments: PoolWorld.Fault.allCases.filter { $0 != .none })
    fileprivate func finds(fault: PoolWorld.Fault) {
        #expect(self.search(callers: 4, limit: 2, depth: 9, fault).problem != nil)
    }

    @Test("The connection that was used last is used first")
    func newestFirst() {
        var pool = ControlPoolState(limit: 2)
        #expect(pool.request(1) == .granted(.dial) && pool.request(2) == .granted(.dial))
        #expect(pool.giveBack(10) == .kept && pool.giveBack(11) == .kept)
        #expect(pool.request(3) == .granted(.use(11)) && pool.request(4) == .granted(.use(10)))
        #expect(pool.request(5) == .wait && pool.giveBack() == .passOn(.dial, to: 5))
    }
}

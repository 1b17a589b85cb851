import ConcurrencyPrimitives
import WebSocketProtocol

/// The waiters for each Ping; several waiters may share one.
struct PingWaiterTable {
    typealias Waiter = Promise<Result<Duration, any Error>>

    private var waiters: [PingLedger.ID: [ObjectIdentifier: Waiter]] = [:]
    private var pings: [ObjectIdentifier: PingLedger.ID] = [:]
    /// The queued Ping that more waiters may share.
    var shared: PingLedger.ID?

    /// The Ping that could be shared, if it has no waiter.
    var abandoned: PingLedger.ID? { self.shared.flatMap { self.waiters[$0] == nil ? $0 : nil } }

    mutating func add(_ waiter: Waiter, to id: PingLedger.ID) {
        self.waiters[id, default: [:]][ObjectIdentifier(waiter)] = waiter
        self.pings[ObjectIdentifier(waiter)] = id
    }

    /// Removes a waiter.
    ///
    /// - Returns: The Ping, if it has no other waiter.
    mutating func remove(_ waiter: Waiter) -> PingLedger.ID? {
        guard let id = self.pings.removeValue(forKey: ObjectIdentifier(waiter)) else { return nil }
        self.waiters[id]?[ObjectIdentifier(waiter)] = nil
        guard self.waiters[id]?.isEmpty == true else { return nil }
        self.waiters[id] = nil
        return id
    }

    /// A Ping was answered.
    ///
    /// - Returns: The waiters for it.
    mutating func take(_ id: PingLedger.ID) -> [Waiter] {
        guard let waiters = self.waiters.removeValue(forKey: id) else { return [] }
        for waiter in waiters.keys { self.pings[waiter] = nil }
        return Array(waiters.values)
    }

    mutating func takeAll() -> [Waiter] {
        defer { self = Self() }
        return self.waiters.values.flatMap(\.values)
    }
}

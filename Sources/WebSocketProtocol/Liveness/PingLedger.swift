/// The Pings that wait for a Pong, and the meaning of a Pong.
///
/// A Pong answers its Ping and also all older Pings, because a peer may answer only the latest (RFC 6455 §5.5.3). A
/// Pong that matches no Ping is ignored.
package struct PingLedger: Sendable {
    /// Identifies a Ping: the number in its payload.
    package typealias ID = UInt64

    private struct Entry {
        var id: ID
        /// When the system took it; nil while it is queued.
        var sentAt: Duration?
    }

    private var nextID: ID
    private var outstanding: [Entry] = []

    /// - Parameter firstID: The number of the first Ping; random, so that a peer can't guess a Pong.
    package init(firstID: ID) { self.nextID = firstID }

    /// Begins a new Ping.
    ///
    /// - Returns: Its number and the eight bytes of its payload.
    package mutating func begin() -> (id: ID, payload: [UInt8]) {
        let id = self.nextID
        self.nextID &+= 1
        self.outstanding.append(Entry(id: id, sentAt: nil))
        return (id, (0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - 8 * $0)) })
    }

    /// Whether a Ping is known and the system has not yet taken it.
    package func isQueued(_ id: ID) -> Bool { self.outstanding.last { $0.id == id }.map { $0.sentAt == nil } ?? false }

    /// The system took the Pings up to this one; their round trip begins now.
    package mutating func flushed(through id: ID, now: Duration) {
        // The Ping itself may be forgotten by now; the Pings queued after it have higher numbers.
        for index in self.outstanding.indices {
            guard Int64(bitPattern: self.outstanding[index].id &- id) <= 0 else { return }
            self.outstanding[index].sentAt = self.outstanding[index].sentAt ?? now
        }
    }

    /// A Pong was received.
    ///
    /// - Returns: The Pings that it answers with their round-trip times, oldest first; the last is the Ping with its
    ///   number.
    package mutating func receivedPong(_ payload: [UInt8], now: Duration) -> [(id: ID, roundTrip: Duration)] {
        guard payload.count == 8 else { return [] }
        let id = payload.reduce(ID(0)) { $0 << 8 | ID($1) }
        guard let position = self.outstanding.firstIndex(where: { $0.id == id }) else { return [] }
        let answered = self.outstanding[...position].map { ($0.id, now - ($0.sentAt ?? now)) }
        self.outstanding.removeFirst(position + 1)
        return answered
    }

    /// Forgets a Ping, because no task waits for it; its Pong is ignored.
    package mutating func forget(_ id: ID) { self.outstanding.removeAll { $0.id == id } }
}

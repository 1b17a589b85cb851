/// The Pings on their way and what their Pongs mean.
///
/// A Pong answers its Ping and, as a peer may answer only the latest (RFC 6455 §5.5.3), every older one too. A Pong
/// that matches nothing is ignored.
package struct PingLedger: Sendable {
    /// A Ping, named by the number it carries.
    package typealias ID = UInt64

    private struct Entry {
        var id: ID
        /// When it was handed to the system; nil while it is queued.
        var sentAt: Duration?
    }

    private var nextID: ID
    private var outstanding: [Entry] = []

    /// - Parameter firstID: The number of the first Ping; random, so that a Pong can't be guessed.
    package init(firstID: ID) { self.nextID = firstID }

    /// A new Ping is queued.
    ///
    /// - Returns: Its number and the eight bytes of its payload.
    package mutating func begin() -> (id: ID, payload: [UInt8]) {
        let id = self.nextID
        self.nextID &+= 1
        self.outstanding.append(Entry(id: id, sentAt: nil))
        return (id, (0..<8).map { UInt8(truncatingIfNeeded: id >> (56 - 8 * $0)) })
    }

    /// Whether a Ping is known, and was not handed to the system yet.
    package func isQueued(_ id: ID) -> Bool { self.outstanding.last { $0.id == id }.map { $0.sentAt == nil } ?? false }

    /// The Pings up to this one were handed to the system: their round trip begins now.
    package mutating func flushed(through id: ID, now: Duration) {
        // The Ping itself may be forgotten by now; those queued behind it have higher numbers.
        for index in self.outstanding.indices {
            guard Int64(bitPattern: self.outstanding[index].id &- id) <= 0 else { return }
            self.outstanding[index].sentAt = self.outstanding[index].sentAt ?? now
        }
    }

    /// A Pong was received.
    ///
    /// - Returns: The Pings it answers with their round-trip times, oldest first; the last is the one it names.
    package mutating func receivedPong(_ payload: [UInt8], now: Duration) -> [(id: ID, roundTrip: Duration)] {
        guard payload.count == 8 else { return [] }
        let id = payload.reduce(ID(0)) { $0 << 8 | ID($1) }
        guard let position = self.outstanding.firstIndex(where: { $0.id == id }) else { return [] }
        let answered = self.outstanding[...position].map { ($0.id, now - ($0.sentAt ?? now)) }
        self.outstanding.removeFirst(position + 1)
        return answered
    }

    /// Nobody waits for this Ping any more; its Pong, if it comes, is ignored.
    package mutating func forget(_ id: ID) { self.outstanding.removeAll { $0.id == id } }
}

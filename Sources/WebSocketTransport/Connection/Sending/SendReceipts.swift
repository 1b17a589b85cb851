/// Tells the sender of a message whether it was sent; called once, outside all locks; must not wait.
package typealias SendReceipt = @Sendable (Result<Void, WebSocketError>) -> Void

/// The receipts of queued messages: frames are sent in order, so each receipt needs only a position in the bytes.
struct SendReceipts {
    private struct Entry {
        var place: Int
        var receipt: SendReceipt
    }

    private var entries: [Entry] = []

    /// A message was queued.
    ///
    /// - Parameters:
    ///   - receipt: The receipt to call.
    ///   - place: The position after the frame of the message.
    mutating func add(_ receipt: @escaping SendReceipt, place: Int) {
        self.entries.append(Entry(place: place, receipt: receipt))
    }

    /// The system has taken all bytes up to a position.
    ///
    /// - Returns: The receipts to call with success, outside the lock.
    mutating func written(upTo place: Int) -> [SendReceipt] {
        guard let first = self.entries.first, first.place <= place else { return [] }
        let count = self.entries.firstIndex { $0.place > place } ?? self.entries.count
        defer { self.entries.removeFirst(count) }
        return self.entries[..<count].map(\.receipt)
    }

    /// The connection ended.
    ///
    /// - Parameter takenPlace: Bytes before this position may or may not have reached the peer.
    /// - Returns: The receipts with their errors, to be called outside the lock.
    mutating func end(takenPlace: Int) -> [(SendReceipt, WebSocketError)] {
        defer { self.entries = [] }
        return self.entries.map { ($0.receipt, $0.place <= takenPlace ? .deliveryUnknown : .notSent) }
    }
}

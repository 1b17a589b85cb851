package import ConcurrencyPrimitives

/// Tells the sender of a message what became of it.
package typealias SendReceipt = Promise<Result<Void, WebSocketError>>

/// The receipts of queued messages: frames leave in order, so each needs only its place in the bytes.
struct SendReceipts {
    private struct Entry {
        var place: Int
        var receipt: SendReceipt
    }

    private var entries: [Entry] = []

    /// A message was queued.
    ///
    /// - Parameters:
    ///   - receipt: Gets to know what became of it.
    ///   - place: The place behind its frame.
    mutating func add(_ receipt: SendReceipt, place: Int) { self.entries.append(Entry(place: place, receipt: receipt)) }

    /// The system has taken all bytes up to a place.
    ///
    /// - Returns: The receipts to resolve with success, outside the lock.
    mutating func written(upTo place: Int) -> [SendReceipt] {
        guard let first = self.entries.first, first.place <= place else { return [] }
        let count = self.entries.firstIndex { $0.place > place } ?? self.entries.count
        defer { self.entries.removeFirst(count) }
        return self.entries[..<count].map(\.receipt)
    }

    /// The connection ended.
    ///
    /// - Parameter takenPlace: Up to here bytes were on their way, and nobody knows how far they came.
    /// - Returns: What to resolve the receipts with, outside the lock.
    mutating func end(takenPlace: Int) -> [(SendReceipt, WebSocketError)] {
        defer { self.entries = [] }
        return self.entries.map { ($0.receipt, $0.place <= takenPlace ? .deliveryUnknown : .notSent) }
    }
}

import Synchronization
import WebSocketProtocol

/// The received traffic of a connection, counted on its event loop and readable from any thread.
///
/// There is only one writer, so a sum needs no lock. Each number is exact; two of them may differ by one read.
struct ReceivedTraffic: ~Copyable, Sendable {
    private let frames = Atomic(0)
    private let messages = Atomic(0)
    private let wireBytes = Atomic(0)
    private let payloadBytes = Atomic(0)
    private let compressedBytes = Atomic(0)
    private let inflatedBytes = Atomic(0)

    /// Adds the traffic of one read; called on the event loop.
    func add(_ traffic: WebSocketTraffic) {
        Self.add(traffic.frames, to: self.frames)
        Self.add(traffic.messages, to: self.messages)
        Self.add(traffic.wireBytes, to: self.wireBytes)
        Self.add(traffic.payloadBytes, to: self.payloadBytes)
        Self.add(traffic.inflatedBytes, to: self.inflatedBytes)
        // Added last: a reader that sees these bytes also sees the inflated bytes, so it never gets a wrong ratio.
        Self.add(traffic.compressedBytes, to: self.compressedBytes)
    }

    /// The sums.
    var total: WebSocketTraffic {
        var total = WebSocketTraffic()
        total.compressedBytes = self.compressedBytes.load(ordering: .acquiring)
        total.frames = self.frames.load(ordering: .relaxed)
        total.messages = self.messages.load(ordering: .relaxed)
        total.wireBytes = self.wireBytes.load(ordering: .relaxed)
        total.payloadBytes = self.payloadBytes.load(ordering: .relaxed)
        total.inflatedBytes = self.inflatedBytes.load(ordering: .relaxed)
        return total
    }

    private static func add(_ number: Int, to sum: borrowing Atomic<Int>) {
        guard number != 0 else { return }
        sum.store(sum.load(ordering: .relaxed) &+ number, ordering: .releasing)
    }
}

import Synchronization
import WebSocketProtocol

/// What a connection has received so far: counted on its event loop, asked for from anywhere.
///
/// One writer, so a sum needs no lock. Each number is exact; two of them may be one read of the socket apart.
struct ReceivedTraffic: ~Copyable, Sendable {
    private let frames = Atomic(0)
    private let messages = Atomic(0)
    private let wireBytes = Atomic(0)
    private let payloadBytes = Atomic(0)
    private let compressedBytes = Atomic(0)
    private let inflatedBytes = Atomic(0)

    /// Adds what one read brought; on the event loop.
    func add(_ traffic: WebSocketTraffic) {
        Self.add(traffic.frames, to: self.frames)
        Self.add(traffic.messages, to: self.messages)
        Self.add(traffic.wireBytes, to: self.wireBytes)
        Self.add(traffic.payloadBytes, to: self.payloadBytes)
        Self.add(traffic.inflatedBytes, to: self.inflatedBytes)
        // Last: who sees them sees what they became, and no ratio that never was.
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

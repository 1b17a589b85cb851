import TestSupport
import Testing
import WebSocketProtocol

@testable import WebSocketTransport

@Suite("The reads of a connection")
struct InboundReadsTests {
    private func receive(_ bytes: [UInt8], _ reads: inout InboundReads) {
        _ = bytes.withUnsafeBytes { reads.receive($0) }
    }

    @Test("What came with a violation, and no message, is not kept until the connection is gone")
    func violation() throws {
        var reads = InboundReads(MessageReader(role: .client))
        let payload = [UInt8](repeating: UInt8(ascii: "a"), count: 60_000) + [0xFF]
        self.receive(WireFrame(.text, payload).bytes, &reads)
        let taken = reads.reservedBytes
        #expect(taken > 60_000)
        let (violation, messages) = (reads.takeViolation(), reads.takeMessages())
        #expect(violation?.code == .invalidUTF8 && messages == nil)
        let kept = reads.reservedBytes
        #expect(kept == 0)
    }

    @Test("What was handed over is not kept either")
    func messages() throws {
        var reads = InboundReads(MessageReader(role: .client))
        self.receive(WireFrame(.text, [UInt8](repeating: UInt8(ascii: "a"), count: 60_000)).bytes, &reads)
        let messages = reads.takeMessages()
        #expect(messages?.count == 1)
        let (kept, isEmpty) = (reads.reservedBytes, reads.isEmpty)
        #expect(kept == 0 && isEmpty)
    }
}

import TestSupport
import Testing
import WebSocketProtocol

@Suite("Message bytes")
struct MessageBytesTests {
    /// The same bytes, in memory that is shared with other messages.
    private func shared(_ payload: [UInt8]) -> MessageBytes {
        var reader = MessageReader(role: .client)
        let neighbour = RawFrame(.binary, [0xEE, 0xEE, 0xEE]).bytes
        return reader.batch(neighbour + RawFrame(.binary, payload).bytes + neighbour)[1].bytes
    }

    @Test("Bytes are a collection with the content they were made of", arguments: [0, 1, 2, 15, 16, 17, 1000])
    func isACollection(count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for bytes in [MessageBytes(payload), self.shared(payload)] {
            #expect(bytes.count == count)
            #expect(bytes.isEmpty == (count == 0))
            #expect(bytes.indices == 0..<count)
            #expect(Array(bytes) == payload)
            #expect(bytes.map(\.self) == payload)
            #expect(bytes.indices.map { bytes[$0] } == payload)
            #expect(Array(bytes.dropFirst().reversed()) == Array(payload.dropFirst().reversed()))
            #expect(bytes.withUnsafeBytes { Array($0) } == payload)
            #expect(bytes.withContiguousStorageIfAvailable { Array($0) } == payload)
        }
    }

    @Test("Bytes are equal when their content is, wherever they lie", arguments: [0, 1, 7, 8, 9, 64, 1001])
    func isEquatable(count: Int) {
        let payload = [UInt8](repeating: 5, count: count)
        let (own, shared) = (MessageBytes(payload), self.shared(payload))
        #expect(own == shared)
        #expect(own.hashValue == shared.hashValue)
        #expect(own != MessageBytes(payload + [5]))
        for index in payload.indices {
            var other = payload
            other[index] = 6
            #expect(own != self.shared(other), "differs at \(index)")
        }
    }

    @Test("Bytes can be made of any sequence")
    func acceptsSequences() {
        #expect(Array(MessageBytes("abc".utf8)) == [0x61, 0x62, 0x63])
        #expect(Array(MessageBytes(stride(from: 1, to: 4, by: 1))) == [1, 2, 3])
    }

    @Test("An error of the body is passed on")
    func passesErrorsOn() {
        #expect(throws: CancellationError.self) {
            try MessageBytes([1]).withUnsafeBytes { _ in throw CancellationError() }
        }
    }
}

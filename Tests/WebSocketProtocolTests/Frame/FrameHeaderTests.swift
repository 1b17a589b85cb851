import Testing
import WebSocketProtocol

@Suite("Frame header")
struct FrameHeaderTests {
    @Test("A header is by default the only frame of its message, without RSV bits and not masked")
    func hasDefaults() {
        let header = FrameHeader(opcode: .text, payloadLength: 7)
        #expect(header.isFinal)
        #expect(header.reservedBits == 0)
        #expect(header.maskingKey == nil)
        #expect((header.opcode, header.payloadLength) == (.text, 7))
    }

    @Test("The longest header is two bytes, a 64-bit length and a key")
    func knowsItsLargestSize() {
        let header = FrameHeader(opcode: .text, payloadLength: .max, maskingKey: MaskingKey(1, 2, 3, 4))
        #expect(header.encodedSize == 14)
        #expect(FrameHeader.maximumBytes == 14)
        #expect(FrameHeader.maximumControlPayloadBytes == 125)
    }
}

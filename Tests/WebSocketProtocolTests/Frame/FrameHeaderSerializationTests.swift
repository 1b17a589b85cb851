import TestSupport
import Testing
import WebSocketProtocol

@Suite("Writing a frame header")
struct FrameHeaderSerializationTests {
    private func serialized(_ header: FrameHeader) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: FrameHeader.maximumBytes)
        let size = bytes.withUnsafeMutableBytes { header.serialize(into: $0) }
        #expect(bytes[size...].allSatisfy { $0 == 0xEE })
        return Array(bytes.prefix(size))
    }

    @Test(
        "A header is written in its shortest form",
        arguments: Role.allCases,
        [0, 1, 125, 126, 127, 65535, 65536, 1 << 31, Int.max]
    )
    func writesTheShortestForm(sender: Role, length: Int) {
        for opcode in Opcode.allCases {
            for isFinal in [true, false] {
                for reservedBits in stride(from: UInt8(0), through: 0x70, by: 0x10) {
                    let frame = RawFrame(opcode, from: sender).with {
                        $0.isFinal = isFinal
                        $0.reservedBits = reservedBits
                        $0.announcedLength = UInt64(length)
                    }
                    let header = FrameHeader(
                        opcode: opcode,
                        payloadLength: length,
                        isFinal: isFinal,
                        reservedBits: reservedBits,
                        maskingKey: sender == .client ? MaskingKey(0x37, 0xFA, 0x21, 0x3D) : nil
                    )
                    #expect(self.serialized(header) == frame.header)
                    #expect(header.encodedSize == frame.header.count)
                }
            }
        }
    }

    @Test("What is written is read back", arguments: Role.allCases, [0, 125, 126, 65535, 65536, Int.max])
    func isTheInverseOfReading(sender: Role, length: Int) throws {
        let key = sender == .client ? MaskingKey(1, 2, 3, 4) : nil
        let header = FrameHeader(opcode: .binary, payloadLength: length, isFinal: false, maskingKey: key)
        let parsed = try #require(try parseHeader(self.serialized(header), from: sender).get())
        #expect(parsed.header == header)
        #expect(parsed.size == header.encodedSize)
    }
}

package import WebSocketProtocol

/// A frame built bit by bit as in the RFC, without the code under test; every part of it can be wrong.
package struct RawFrame: Sendable {
    /// How the length is written; the RFC allows only the shortest form.
    package enum LengthForm: CaseIterable, Sendable { case shortest, sixteenBits, sixtyFourBits }

    package var isFinal = true
    package var reservedBits: UInt8 = 0
    package var opcode: UInt8
    package var payload: [UInt8] = []
    /// The announced length, if it is not the real length of the payload.
    package var announcedLength: UInt64?
    package var lengthForm = LengthForm.shortest
    /// The key, or nil for an unmasked frame.
    package var maskingKey: [UInt8]?

    /// The key of the frames that a client sends in these tests.
    package static let testKey: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    package init(_ opcode: Opcode, _ payload: [UInt8] = [], from sender: Role = .server) {
        self.init(opcode: opcode.rawValue, payload, from: sender)
    }

    package init(opcode: UInt8, _ payload: [UInt8] = [], from sender: Role = .server) {
        self.opcode = opcode
        self.payload = payload
        self.maskingKey = sender == .client ? Self.testKey : nil
    }

    package var header: [UInt8] {
        let length = self.announcedLength ?? UInt64(self.payload.count)
        let maskBit: UInt8 = self.maskingKey == nil ? 0 : 0x80
        var bytes = [(self.isFinal ? 0x80 : 0) | self.reservedBits | self.opcode]
        switch self.lengthForm {
        case .shortest where length < 126: bytes.append(maskBit | UInt8(length))
        case .shortest where length < 65536, .sixteenBits:
            bytes += [maskBit | 126, UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF)]
        default:
            bytes.append(maskBit | 127)
            bytes += (0..<8).reversed().map { UInt8(length >> ($0 * 8) & 0xFF) }
        }
        return bytes + (self.maskingKey ?? [])
    }

    package var bytes: [UInt8] {
        guard let key = self.maskingKey else { return self.header + self.payload }
        return self.header + Self.naivelyMasked(self.payload, key: key)
    }

    /// Masks by the definition of RFC 6455 §5.3, one byte at a time.
    package static func naivelyMasked(_ payload: [UInt8], key: [UInt8], offset: Int = 0) -> [UInt8] {
        payload.enumerated().map { index, byte in byte ^ key[(index + offset) % 4] }
    }

    package func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}

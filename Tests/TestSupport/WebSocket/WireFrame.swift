package import WebSocketProtocol

/// A frame on the wire for a strict raw peer: built and read without the code under test.
package struct WireFrame: Equatable, Sendable {
    /// Bytes that a sender may not send.
    package struct Malformed: Error { package var message: String }

    package static let maskingKey: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    package var isFinal = true
    package var opcode: UInt8
    package var payload: [UInt8] = []
    package var isMasked = false

    package init(_ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, isMasked: Bool = false) {
        (self.opcode, self.payload, self.isFinal, self.isMasked) = (opcode.rawValue, payload, isFinal, isMasked)
    }

    package init(text: String, isMasked: Bool = false) { self.init(.text, Array(text.utf8), isMasked: isMasked) }

    package init(close code: UInt16, _ reason: String = "", isMasked: Bool = false) {
        self.init(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8, isMasked: isMasked)
    }

    /// The opcode, if RFC 6455 defines it.
    package var known: Opcode? { Opcode(rawValue: self.opcode) }
    package var text: String { String(decoding: self.payload, as: UTF8.self) }

    package var bytes: [UInt8] {
        let maskBit: UInt8 = self.isMasked ? 0x80 : 0
        var bytes = [(self.isFinal ? 0x80 : 0) | self.opcode]
        switch self.payload.count {
        case ..<126: bytes.append(maskBit | UInt8(self.payload.count))
        case ..<65536: bytes += [maskBit | 126, UInt8(self.payload.count >> 8), UInt8(self.payload.count & 0xFF)]
        default: bytes += [maskBit | 127] + (0..<8).reversed().map { UInt8(self.payload.count >> ($0 * 8) & 0xFF) }
        }
        guard self.isMasked else { return bytes + self.payload }
        return bytes + Self.maskingKey + Self.masked(self.payload, key: Self.maskingKey)
    }

    /// The frames at the start of `bytes`, without an incomplete one at the end.
    ///
    /// - Throws: `Malformed` for bytes that RFC 6455 does not allow a sender.
    package static func parse(_ bytes: [UInt8], masked: Bool) throws -> [WireFrame] {
        var frames: [WireFrame] = []
        var position = 0
        while let (frame, next) = try Self.parse(bytes, at: position, masked: masked) {
            frames.append(frame)
            position = next
        }
        return frames
    }

    private static func parse(_ bytes: [UInt8], at start: Int, masked: Bool) throws -> (WireFrame, next: Int)? {
        guard bytes.count >= start + 2 else { return nil }
        let (first, second) = (bytes[start], bytes[start + 1])
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw Malformed(message: "opcode \(first & 0x0F)") }
        guard first & 0x70 == 0 else { throw Malformed(message: "reserved bits at \(start)") }
        guard (second & 0x80 != 0) == masked else { throw Malformed(message: "masking at \(start)") }
        let lengthBytes = second & 0x7F == 127 ? 8 : second & 0x7F == 126 ? 2 : 0
        let keyStart = start + 2 + lengthBytes
        let payloadStart = keyStart + (masked ? 4 : 0)
        guard bytes.count >= payloadStart else { return nil }
        let long = bytes[start + 2..<keyStart].reduce(0) { $0 << 8 | Int($1) }
        let length = lengthBytes == 0 ? Int(second & 0x7F) : long
        guard bytes.count >= payloadStart + length else { return nil }
        var payload = Array(bytes[payloadStart..<payloadStart + length])
        if masked { payload = Self.masked(payload, key: Array(bytes[keyStart..<payloadStart])) }
        let frame = WireFrame(opcode, payload, isFinal: first & 0x80 != 0, isMasked: masked)
        return (frame, payloadStart + length)
    }

    private static func masked(_ payload: [UInt8], key: [UInt8]) -> [UInt8] {
        var masked = payload
        for index in masked.indices { masked[index] ^= key[index & 3] }
        return masked
    }
}

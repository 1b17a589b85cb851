import TestSupport

/// One frame as the test peer sends or receives it; it may be invalid.
///
/// Opcodes and lengths are plain numbers, so the code under test neither builds nor reads a frame.
struct PeerFrame: Sendable, Hashable {
    /// How the length is written (RFC 6455 §5.2).
    enum LengthForm: Sendable, Hashable { case shortest, in16Bits, in64Bits }

    static let maskingKey: [UInt8] = [0x5A, 0xC3, 0x0F, 0x96]

    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    /// RSV1-3 as a number: RSV1 is 4, RSV2 is 2, RSV3 is 1.
    var reserved: UInt8 = 0
    var lengthForm = LengthForm.shortest

    var isControl: Bool { self.opcode & 8 != 0 }

    static func text(_ text: String, isFinal: Bool = true) -> Self { .text(Array(text.utf8), isFinal: isFinal) }

    static func text(_ payload: [UInt8], isFinal: Bool = true) -> Self {
        Self(opcode: 1, payload: payload, isFinal: isFinal)
    }

    static func binary(_ payload: [UInt8], isFinal: Bool = true) -> Self {
        Self(opcode: 2, payload: payload, isFinal: isFinal)
    }

    static func continuation(_ payload: [UInt8], isFinal: Bool = true) -> Self {
        Self(opcode: 0, payload: payload, isFinal: isFinal)
    }

    static func continuation(_ text: String, isFinal: Bool = true) -> Self {
        .continuation(Array(text.utf8), isFinal: isFinal)
    }

    static func ping(_ payload: [UInt8] = []) -> Self { Self(opcode: 9, payload: payload) }
    static func pong(_ payload: [UInt8] = []) -> Self { Self(opcode: 10, payload: payload) }

    static func close(_ code: UInt16, _ reason: String = "") -> Self { .close(code, Array(reason.utf8)) }

    static func close(_ code: UInt16, _ reason: [UInt8]) -> Self {
        Self(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + reason)
    }

    static var emptyClose: Self { Self(opcode: 8) }

    /// A message in fragments.
    ///
    /// - Parameters:
    ///   - message: The message in one frame.
    ///   - size: The payload bytes of each fragment except the last, 1 or more.
    /// - Returns: The fragments; one if the message fits.
    static func fragments(of message: Self, size: Int) -> [Self] {
        let parts = message.payload.isEmpty ? [[]] : message.payload.chunks(of: size)
        return parts.indices.map { index in
            var frame = index == 0 ? message : Self(opcode: 0)
            (frame.payload, frame.isFinal) = (parts[index], index == parts.count - 1)
            return frame
        }
    }

    func with(reserved: UInt8) -> Self {
        var copy = self
        copy.reserved = reserved
        return copy
    }

    func with(opcode: UInt8) -> Self {
        var copy = self
        copy.opcode = opcode
        return copy
    }

    /// The bytes of the frame.
    ///
    /// - Parameter masked: Whether the sender is a client.
    /// - Returns: Header and payload.
    func bytes(masked: Bool) -> [UInt8] {
        let header = self.header(masked: masked)
        guard masked else { return header + self.payload }
        var payload = self.payload
        payload.applyMask(Self.maskingKey)
        return header + Self.maskingKey + payload
    }

    private func header(masked: Bool) -> [UInt8] {
        let count = self.payload.count
        let first = (self.isFinal ? 0x80 : 0) | self.reserved << 4 | self.opcode
        let mask: UInt8 = masked ? 0x80 : 0
        return switch self.lengthForm {
        case .shortest where count < 126: [first, mask | UInt8(count)]
        case .shortest where count < 65_536, .in16Bits: [first, mask | 126] + Self.bigEndian(count, bytes: 2)
        default: [first, mask | 127] + Self.bigEndian(count, bytes: 8)
        }
    }

    private static func bigEndian(_ number: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}

extension PeerFrame: CustomStringConvertible {
    private static let names: [UInt8: String] = [
        0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong",
    ]

    var description: String {
        let name = Self.names[self.opcode] ?? "opcode \(self.opcode)"
        let flags = (self.isFinal ? "" : ", not final") + (self.reserved == 0 ? "" : ", RSV \(self.reserved)")
        let digits = self.payload.prefix(12).map { String($0, radix: 16) }.joined(separator: " ")
        return "\(name)\(flags), \(self.payload.count) bytes [\(digits)\(self.payload.count > 12 ? " ..." : "")]"
    }
}

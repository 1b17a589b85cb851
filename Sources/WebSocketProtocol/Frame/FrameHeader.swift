/// The part of a frame before its payload (RFC 6455 §5.2).
package struct FrameHeader: Sendable, Hashable {
    /// The longest header: 2 bytes, a 64-bit length, a masking key.
    package static let maximumBytes = 14
    /// The maximum payload of a control frame, in bytes (§5.5).
    package static let maximumControlPayloadBytes = 125
    /// RSV1, which marks the first frame of a compressed message (RFC 7692 §6).
    package static let compressionBit: UInt8 = 0x40

    // The first byte: FIN, RSV1 to RSV3, opcode.
    static let finalBit: UInt8 = 0x80
    static let reservedMask: UInt8 = 0x70
    static let opcodeMask: UInt8 = 0x0F
    // The second byte: MASK, and the length or one of two codes for the size of the length that follows.
    static let maskBit: UInt8 = 0x80
    static let lengthMask: UInt8 = 0x7F
    static let lengthIn16Bits: UInt8 = 126
    static let lengthIn64Bits: UInt8 = 127

    /// Whether this is the last fragment of its message (FIN).
    package var isFinal: Bool
    /// The three reserved bits at their position in the first byte: RSV1 is 0x40, RSV2 0x20, RSV3 0x10.
    package var reservedBits: UInt8
    /// The kind of frame.
    package var opcode: Opcode
    /// The key that masks the payload, or nil if the payload is not masked.
    package var maskingKey: MaskingKey?
    /// The number of payload bytes that follow, 0 or more.
    package var payloadLength: Int

    /// Creates a header.
    ///
    /// - Parameters:
    ///   - opcode: The kind of frame.
    ///   - payloadLength: The number of payload bytes, 0 or more.
    ///   - isFinal: Whether this is the last fragment.
    ///   - reservedBits: RSV1-3 at their position in the first byte.
    ///   - maskingKey: The key of a masked payload.
    package init(
        opcode: Opcode,
        payloadLength: Int,
        isFinal: Bool = true,
        reservedBits: UInt8 = 0,
        maskingKey: MaskingKey? = nil
    ) {
        self.isFinal = isFinal
        self.reservedBits = reservedBits
        self.opcode = opcode
        self.maskingKey = maskingKey
        self.payloadLength = payloadLength
    }
}

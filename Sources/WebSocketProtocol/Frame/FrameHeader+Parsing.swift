extension FrameHeader {
    /// A header and how many bytes it took.
    package struct Parsed: Sendable, Hashable {
        package var header: FrameHeader
        package var size: Int
    }

    /// Reads the header at the start of `bytes`.
    ///
    /// A violation is reported as soon as the received bytes show it. So the result depends only on the bytes, not on
    /// how they were split.
    ///
    /// - Parameters:
    ///   - bytes: The received bytes, from the first byte of the frame.
    ///   - sender: The role of the peer that sent them.
    ///   - allowedReservedBits: The RSV bits that a negotiated extension uses.
    /// - Returns: The header, or nil if more bytes are needed.
    /// - Throws: ``ProtocolViolation`` with `reservedBits`, `reservedOpcode`, `fragmentedControlFrame`,
    ///   `controlFrameTooLong`, `wrongMasking` or `invalidLength`.
    package static func parse(
        _ bytes: UnsafeRawBufferPointer,
        from sender: Role,
        allowedReservedBits: UInt8 = 0
    ) throws(ProtocolViolation) -> Parsed? {
        guard bytes.count > 0 else { return nil }
        let first = unsafe bytes[0]
        let opcode = try self.opcode(in: first, allowedReservedBits: allowedReservedBits)
        guard bytes.count >= 2 else { return nil }
        let second = unsafe bytes[1]
        try self.check(second, opcode: opcode, sender: sender)
        guard let (length, lengthEnd) = unsafe try self.payloadLength(code: second & Self.lengthMask, in: bytes) else {
            return nil
        }
        var header = FrameHeader(
            opcode: opcode,
            payloadLength: length,
            isFinal: first & Self.finalBit != 0,
            reservedBits: first & Self.reservedMask
        )
        guard sender.masksItsFrames else { return Parsed(header: header, size: lengthEnd) }
        guard bytes.count >= lengthEnd + 4 else { return nil }
        header.maskingKey = MaskingKey(
            rawValue: unsafe bytes.loadUnaligned(fromByteOffset: lengthEnd, as: UInt32.self)
        )
        return Parsed(header: header, size: lengthEnd + 4)
    }

    private static func opcode(
        in first: UInt8,
        allowedReservedBits: UInt8
    ) throws(ProtocolViolation) -> Opcode {
        let reserved = first & Self.reservedMask
        guard reserved & ~allowedReservedBits == 0 else {
            throw ProtocolViolation(.reservedBits, "RSV bits \(reserved >> 4) are set and no extension uses them.")
        }
        guard let opcode = Opcode(rawValue: first & Self.opcodeMask) else {
            throw ProtocolViolation(.reservedOpcode, "Opcode \(first & Self.opcodeMask) is reserved.")
        }
        // RFC 7692 §6.1: only the first frame of a message says that it is compressed.
        guard reserved == 0 || opcode == .text || opcode == .binary else {
            throw ProtocolViolation(.reservedBits, "RSV bits \(reserved >> 4) are set on a \(opcode) frame.")
        }
        // §5.5: control frames must not be fragmented.
        guard !opcode.isControl || first & Self.finalBit != 0 else {
            throw ProtocolViolation(.fragmentedControlFrame, "A \(opcode) frame has FIN off.")
        }
        return opcode
    }

    private static func check(_ second: UInt8, opcode: Opcode, sender: Role) throws(ProtocolViolation) {
        let isMasked = second & Self.maskBit != 0
        // §5.1: a server closes on an unmasked frame, a client on a masked one.
        guard isMasked == sender.masksItsFrames else {
            let message = isMasked ? "The server masked a frame." : "The client did not mask a frame."
            throw ProtocolViolation(.wrongMasking, message)
        }
        // §5.5: a control frame never uses the extended lengths.
        guard !opcode.isControl || second & Self.lengthMask <= UInt8(Self.maximumControlPayloadBytes) else {
            throw ProtocolViolation(.controlFrameTooLong, "A \(opcode) frame announces more than 125 bytes.")
        }
    }

    /// Reads the 7-, 16- or 64-bit length.
    ///
    /// - Returns: The length and the end of its field, or nil if more bytes are needed.
    private static func payloadLength(
        code: UInt8,
        in bytes: UnsafeRawBufferPointer
    ) throws(ProtocolViolation) -> (Int, Int)? {
        switch code {
        case Self.lengthIn64Bits:
            guard bytes.count >= 10 else { return nil }
            let length = UInt64(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard length > UInt16.max else { throw Self.notShortest(length) }
            guard let length = Int(exactly: length) else {
                throw ProtocolViolation(.invalidLength, "A frame announces \(length) bytes; the top bit must be 0.")
            }
            return (length, 10)
        case Self.lengthIn16Bits:
            guard bytes.count >= 4 else { return nil }
            let length = UInt16(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
            guard length > 125 else { throw Self.notShortest(UInt64(length)) }
            return (Int(length), 4)
        default:
            return (Int(code), 2)
        }
    }

    private static func notShortest(_ length: UInt64) -> ProtocolViolation {
        ProtocolViolation(.invalidLength, "The length \(length) is not in its shortest form.")
    }
}

extension FrameHeader {
    /// The number of bytes that ``serialize(into:)`` writes, 2 to 14.
    package var encodedSize: Int {
        let lengthSize = self.payloadLength < 126 ? 0 : self.payloadLength <= Int(UInt16.max) ? 2 : 8
        return 2 + lengthSize + (self.maskingKey == nil ? 0 : 4)
    }

    /// Writes the header in its shortest form (RFC 6455 §5.2).
    ///
    /// - Parameter target: Where to write; at least ``encodedSize`` bytes.
    /// - Returns: The number of bytes written.
    @discardableResult
    package func serialize(into target: UnsafeMutableRawBufferPointer) -> Int {
        let maskBit: UInt8 = self.maskingKey == nil ? 0 : Self.maskBit
        unsafe target[0] = (self.isFinal ? Self.finalBit : 0) | self.reservedBits | self.opcode.rawValue
        var size = 2
        switch self.payloadLength {
        case ..<126:
            unsafe target[1] = maskBit | UInt8(truncatingIfNeeded: self.payloadLength)
        case ...Int(UInt16.max):
            unsafe target[1] = maskBit | Self.lengthIn16Bits
            let length = UInt16(truncatingIfNeeded: self.payloadLength).bigEndian
            unsafe target.storeBytes(of: length, toByteOffset: 2, as: UInt16.self)
            size = 4
        default:
            unsafe target[1] = maskBit | Self.lengthIn64Bits
            let length = UInt64(self.payloadLength).bigEndian
            unsafe target.storeBytes(of: length, toByteOffset: 2, as: UInt64.self)
            size = 10
        }
        guard let key = self.maskingKey else { return size }
        unsafe target.storeBytes(of: key.rawValue, toByteOffset: size, as: UInt32.self)
        return size + 4
    }
}

/// Turns payloads into the bytes of frames; a client's frames are masked.
package struct FrameWriter: Sendable {
    /// The role whose frames are written.
    package let role: Role
    private var maskingKeys = MaskingKeyPool()

    /// Creates a writer.
    ///
    /// - Parameter role: The role whose frames are written; the frames of a client are masked.
    package init(role: Role) { self.role = role }

    /// The maximum size of a frame with `payloadCount` bytes of payload.
    package static func sizeBound(payloadCount: Int) -> Int { payloadCount + FrameHeader.maximumBytes }

    /// Writes one frame, with a new masking key for a client (RFC 6455 §5.3).
    ///
    /// - Parameters:
    ///   - opcode: The kind of frame.
    ///   - payload: The payload; it is not changed.
    ///   - isFinal: Whether this is the last fragment of its message.
    ///   - reservedBits: The RSV bits that a negotiated extension sets.
    ///   - target: Where to write; at least ``sizeBound(payloadCount:)`` bytes.
    /// - Returns: The number of bytes written.
    package mutating func write(
        _ opcode: Opcode,
        payload: UnsafeRawBufferPointer,
        isFinal: Bool = true,
        reservedBits: UInt8 = 0,
        into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let key = self.role.masksItsFrames ? self.maskingKeys.next() : nil
        let header = FrameHeader(
            opcode: opcode,
            payloadLength: payload.count,
            isFinal: isFinal,
            reservedBits: reservedBits,
            maskingKey: key
        )
        let headerSize = unsafe header.serialize(into: target)
        let end = headerSize + payload.count
        let body = unsafe UnsafeMutableRawBufferPointer(rebasing: target[headerSize..<end])
        unsafe body.copyMemory(from: payload)
        if let key { unsafe key.apply(to: body) }
        return end
    }

    /// Writes one frame to a new array.
    ///
    /// - Parameters:
    ///   - opcode: The kind of frame.
    ///   - payload: The payload.
    ///   - isFinal: Whether this is the last fragment of its message.
    /// - Returns: The bytes of the frame.
    package mutating func frame(_ opcode: Opcode, payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let bound = Self.sizeBound(payloadCount: payload.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            count = unsafe payload.withUnsafeBytes { payload in
                unsafe self.write(
                    opcode,
                    payload: payload,
                    isFinal: isFinal,
                    into: UnsafeMutableRawBufferPointer(target)
                )
            }
        }
    }
}

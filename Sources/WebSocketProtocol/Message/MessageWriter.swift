/// Turns messages into frames, compressed where that was agreed on: the counterpart of ``MessageReader``.
///
/// A message is one frame, or a sequence of parts with a frame each (RFC 6455 §5.4).
package struct MessageWriter: Sendable {
    /// One frame to write.
    @safe
    package struct Frame {
        fileprivate let opcode: Opcode
        fileprivate let isFinal: Bool
        fileprivate let isCompressed: Bool
        fileprivate let payload: UnsafeRawBufferPointer

        /// The most bytes that the frame takes.
        package var sizeBound: Int { unsafe FrameWriter.sizeBound(payloadCount: self.payload.count) }
    }

    /// Where a part stands in its message.
    package struct Place: Sendable, Hashable {
        package let isFirst: Bool
        package let isLast: Bool

        package init(isFirst: Bool, isLast: Bool) {
            self.isFirst = isFirst
            self.isLast = isLast
        }
    }

    private var frames: FrameWriter
    private let deflater: Deflater?
    private let threshold: Int
    private let contextTakeover: Bool
    /// Whether the message whose parts are being written is compressed.
    private var compressesParts = false

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - role: The role whose frames are written.
    ///   - configuration: How to compress.
    ///   - deflate: What was agreed on for compression, or nil for none.
    package init(role: Role, configuration: PermessageDeflate = PermessageDeflate(), deflate: NegotiatedDeflate? = nil)
    {
        self.frames = FrameWriter(role: role)
        self.threshold = configuration.threshold
        self.contextTakeover = deflate?.own.contextTakeover ?? false
        // A peer may ask for a window that zlib's compressor can't keep to: then nothing is compressed.
        self.deflater = deflate.flatMap { $0.own.windowBits < 9 ? nil : Deflater(configuration, $0.own) }
    }

    /// Makes a message one frame.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - payload: The message.
    ///   - compression: Whether it is compressed.
    /// - Returns: The frame; valid until the next call, and as long as `payload` is.
    package func message(
        _ kind: MessageKind,
        _ payload: UnsafeRawBufferPointer,
        compression: MessageCompression
    ) -> Frame {
        if self.compresses(compression, count: payload.count), let deflater = self.deflater,
            let deflated = unsafe deflater.deflate(payload, endsMessage: true),
            // The peer's context has the message now, so it is sent as it is only if there is no such context.
            self.contextTakeover || deflated.count < payload.count
        {
            return unsafe Frame(opcode: kind.opcode, isFinal: true, isCompressed: true, payload: deflated)
        }
        return unsafe Frame(opcode: kind.opcode, isFinal: true, isCompressed: false, payload: payload)
    }

    /// Makes a message that another compressor has compressed one frame.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - message: The message.
    ///   - deflated: The same, compressed by itself with a window that is not larger than ours.
    /// - Returns: The frame; valid as long as `message` and `deflated` are.
    package func message(
        _ kind: MessageKind,
        _ message: UnsafeRawBufferPointer,
        deflated: UnsafeRawBufferPointer
    ) -> Frame {
        guard let deflater = self.deflater, deflated.count < message.count else {
            return unsafe Frame(opcode: kind.opcode, isFinal: true, isCompressed: false, payload: message)
        }
        unsafe deflater.remember(message)
        return unsafe Frame(opcode: kind.opcode, isFinal: true, isCompressed: true, payload: deflated)
    }

    /// Makes the next part of a message one frame.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - part: The bytes.
    ///   - place: Where the part stands; parts of different messages are not mixed.
    ///   - compression: Whether the message is compressed; as its size is unknown, `automatic` is as `always`.
    /// - Returns: The frame; valid until the next call, and as long as `part` is.
    package mutating func part(
        _ kind: MessageKind,
        _ part: UnsafeRawBufferPointer,
        place: Place,
        compression: MessageCompression
    ) -> Frame {
        let opcode = place.isFirst ? kind.opcode : .continuation
        if place.isFirst { self.compressesParts = self.deflater != nil && compression != .never }
        if self.compressesParts, let deflated = unsafe self.deflater?.deflate(part, endsMessage: place.isLast) {
            return unsafe Frame(
                opcode: opcode,
                isFinal: place.isLast,
                isCompressed: place.isFirst,
                payload: deflated
            )
        }
        self.compressesParts = false
        return unsafe Frame(opcode: opcode, isFinal: place.isLast, isCompressed: false, payload: part)
    }

    /// A control frame.
    package func control(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) -> Frame {
        unsafe Frame(opcode: opcode, isFinal: true, isCompressed: false, payload: payload)
    }

    /// Writes a frame, with a masking key of its own where the role has them.
    ///
    /// - Parameters:
    ///   - frame: The frame.
    ///   - target: Where to write; at least ``Frame/sizeBound`` bytes.
    /// - Returns: The number of bytes written.
    package mutating func write(_ frame: Frame, into target: UnsafeMutableRawBufferPointer) -> Int {
        unsafe self.frames.write(
            frame.opcode,
            payload: frame.payload,
            isFinal: frame.isFinal,
            reservedBits: frame.isCompressed ? FrameHeader.compressionBit : 0,
            into: target
        )
    }

    private func compresses(_ compression: MessageCompression, count: Int) -> Bool {
        switch compression {
        case .automatic: count >= self.threshold
        case .always: true
        case .never: false
        }
    }
}

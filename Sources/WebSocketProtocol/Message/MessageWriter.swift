/// Turns messages into frames, compressed where that was agreed on: the counterpart of ``MessageReader``.
///
/// A message is one frame, or a sequence of parts with a frame each (RFC 6455 §5.4).
package struct MessageWriter: Sendable {
    /// One frame to write.
    @safe
    package struct Frame {
        fileprivate let opcode: Opcode
        fileprivate let isFinal: Bool
        /// Whether RSV1 says that the message is compressed: on its first frame only (RFC 7692 §6.1).
        fileprivate let isMarked: Bool
        fileprivate let payload: UnsafeRawBufferPointer
        /// The payload bytes before they were compressed, or nil when they were not.
        fileprivate let inflatedBytes: Int?

        fileprivate init(
            _ opcode: Opcode,
            _ payload: UnsafeRawBufferPointer,
            isFinal: Bool = true,
            isMarked: Bool = false,
            inflatedBytes: Int? = nil
        ) {
            (self.opcode, self.isFinal, self.isMarked) = (opcode, isFinal, isMarked)
            unsafe self.payload = payload
            self.inflatedBytes = inflatedBytes
        }

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
    /// What was written since it was last taken.
    private var traffic = WebSocketTraffic()

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
            return unsafe Frame(kind.opcode, deflated, isMarked: true, inflatedBytes: payload.count)
        }
        return unsafe Frame(kind.opcode, payload)
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
            return unsafe Frame(kind.opcode, message)
        }
        unsafe deflater.remember(message)
        return unsafe Frame(kind.opcode, deflated, isMarked: true, inflatedBytes: message.count)
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
                opcode,
                deflated,
                isFinal: place.isLast,
                isMarked: place.isFirst,
                inflatedBytes: part.count
            )
        }
        self.compressesParts = false
        return unsafe Frame(opcode, part, isFinal: place.isLast)
    }

    /// A control frame.
    package func control(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) -> Frame {
        unsafe Frame(opcode, payload)
    }

    /// Writes a frame, with a masking key of its own where the role has them.
    ///
    /// - Parameters:
    ///   - frame: The frame.
    ///   - target: Where to write; at least ``Frame/sizeBound`` bytes.
    /// - Returns: The number of bytes written.
    package mutating func write(_ frame: Frame, into target: UnsafeMutableRawBufferPointer) -> Int {
        self.count(frame)
        defer { self.deflater?.releaseOutput() }
        return unsafe self.frames.write(
            frame.opcode,
            payload: frame.payload,
            isFinal: frame.isFinal,
            reservedBits: frame.isMarked ? FrameHeader.compressionBit : 0,
            into: target
        )
    }

    /// The memory that is kept between messages, but for zlib's own.
    package var reservedBytes: Int { self.deflater?.reservedBytes ?? 0 }

    /// What was written since the last call, but for ``WebSocketTraffic/wireBytes``: once per write.
    package mutating func takeTraffic() -> WebSocketTraffic {
        let taken = self.traffic
        self.traffic = WebSocketTraffic()
        return taken
    }

    private mutating func count(_ frame: Frame) {
        self.traffic.frames &+= 1
        guard !frame.opcode.isControl else { return }
        self.traffic.messages &+= frame.isFinal ? 1 : 0
        self.traffic.payloadBytes &+= frame.inflatedBytes ?? (unsafe frame.payload.count)
        guard let inflated = frame.inflatedBytes else { return }
        self.traffic.inflatedBytes &+= inflated
        self.traffic.compressedBytes &+= unsafe frame.payload.count
    }

    private func compresses(_ compression: MessageCompression, count: Int) -> Bool {
        switch compression {
        case .automatic: count >= self.threshold
        case .always: true
        case .never: false
        }
    }
}

/// Turns messages into frames, compressed if that was negotiated: the counterpart of ``MessageReader``.
///
/// A message is one frame, or a sequence of parts with one frame each (RFC 6455 §5.4).
package struct MessageWriter: Sendable {
    /// One frame to write.
    // Safe: it is written inside of the call that lent the payload.
    @safe
    package struct Frame {
        fileprivate let opcode: Opcode
        fileprivate let isFinal: Bool
        /// Whether RSV1 marks the message as compressed: only on its first frame (RFC 7692 §6.1).
        fileprivate let isMarked: Bool
        fileprivate let payload: UnsafeRawBufferPointer
        /// The number of payload bytes before compression, or nil if the payload is not compressed.
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

        /// The maximum size of the frame.
        package var sizeBound: Int { unsafe FrameWriter.sizeBound(payloadCount: self.payload.count) }
    }

    /// The position of a part in its message.
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
    /// Whether the message that is written in parts is compressed.
    private var compressesParts = false
    /// The counters since the last `takeTraffic()`.
    private var traffic = WebSocketTraffic()

    /// Creates a writer.
    ///
    /// - Parameters:
    ///   - role: The role whose frames are written.
    ///   - configuration: How to compress.
    ///   - deflate: The negotiated compression, or nil for none.
    package init(role: Role, configuration: PermessageDeflate = PermessageDeflate(), deflate: NegotiatedDeflate? = nil)
    {
        self.frames = FrameWriter(role: role)
        self.threshold = configuration.threshold
        self.contextTakeover = deflate?.own.contextTakeover ?? false
        // If the peer asks for a window that zlib's compressor does not support, messages are not compressed.
        self.deflater = deflate.flatMap { $0.own.windowBits < 9 ? nil : Deflater(configuration, $0.own) }
    }

    /// Makes one frame from a message.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - payload: The message.
    ///   - compression: Whether to compress it.
    /// - Returns: The frame; valid until the next call, and as long as `payload` is.
    package func message(
        _ kind: MessageKind,
        _ payload: UnsafeRawBufferPointer,
        compression: MessageCompression
    ) -> Frame {
        if self.compresses(compression, count: payload.count), let deflater = self.deflater,
            let deflated = unsafe deflater.deflate(payload, endsMessage: true),
            // Our context contains the message now. So it may be sent uncompressed only if there is no context.
            self.contextTakeover || deflated.count < payload.count
        {
            return unsafe Frame(kind.opcode, deflated, isMarked: true, inflatedBytes: payload.count)
        }
        return unsafe Frame(kind.opcode, payload)
    }

    /// Makes one frame from a message that another compressor has compressed.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - message: The message.
    ///   - deflated: The same message, compressed without context and with a window that is not larger than ours.
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

    /// Makes one frame from the next part of a message.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - part: The bytes.
    ///   - place: The position of the part; parts of different messages are not mixed.
    ///   - compression: Whether to compress the message; `automatic` means `always` here, because the size is unknown.
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

    /// Makes a control frame.
    package func control(_ opcode: Opcode, _ payload: UnsafeRawBufferPointer) -> Frame {
        unsafe Frame(opcode, payload)
    }

    /// Writes a frame, with a new masking key for a client.
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

    /// The memory that is kept between messages, without zlib's own.
    package var reservedBytes: Int { self.deflater?.reservedBytes ?? 0 }

    /// The counters since the last call, without ``WebSocketTraffic/wireBytes``; called once per write.
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

/// Turns received bytes into messages and control frames, whatever way they are cut.
///
/// ```
///            header complete                 frame complete, or nothing to follow
///  header ───────────────────► payload ─────────────────────────────────────────► header
///    │                            │
///    └──── violation, Close ──────┴──► finished   (further bytes are ignored)
/// ```
///
/// The reader is fed by one owner and never asks for memory that a peer only announced.
public struct MessageReader: ~Copyable {
    private enum Phase {
        /// Between frames, or inside a header; can become `payload` or `finished`.
        case header
        /// Inside the payload of `frame`; can become `header` or `finished`.
        case payload
        /// A Close frame or a violation was seen.
        case finished
    }

    private let sender: Role
    private var limits: MessageLimits
    private var phase = Phase.header
    /// The first bytes of a header that a read cut, at most 13.
    private var cutHeader: [UInt8] = []
    private var frame = FrameHeader(opcode: .continuation, payloadLength: 0)
    /// How many payload bytes of `frame` have come.
    private var received = 0
    private var assembly: MessageAssembly?
    /// The payload of a control frame that a read cut, at most 125 bytes.
    private var controlPayload: [UInt8] = []
    /// There when permessage-deflate was agreed on.
    private let inflater: Inflater?
    private let deliversPieces: Bool

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - role: Our role; the peer has the other one.
    ///   - limits: What the peer may make us hold.
    ///   - deflate: What was agreed on for compression, or nil for none.
    ///   - deliversPieces: Whether a message that takes several reads is handed over piece by piece.
    public init(
        role: Role,
        limits: MessageLimits = MessageLimits(),
        deflate: NegotiatedDeflate? = nil,
        deliversPieces: Bool = false
    ) {
        self.sender = role.peer
        self.inflater = deflate.map { Inflater($0.peer) }
        self.deliversPieces = deliversPieces
        self.limits = limits
        // A whole message is one fragment: none at all can't be a limit.
        self.limits.maximumFragments = max(limits.maximumFragments, 1)
    }

    /// Whether a Close frame or a violation was seen, after which bytes are ignored.
    public var isFinished: Bool { self.phase == .finished }

    /// Whether the last byte received lies inside a message or a frame.
    package var isInsideMessage: Bool {
        self.phase == .payload || !self.cutHeader.isEmpty || self.assembly != nil
    }

    /// The memory taken for the message in progress, in bytes.
    package var reservedBytes: Int {
        switch self.assembly {
        case .some(let assembly): assembly.reservedBytes
        case .none: 0
        }
    }

    /// Takes the next bytes and adds all they complete to `batch`.
    ///
    /// - Parameters:
    ///   - bytes: The next bytes of the connection, in any cut.
    ///   - batch: Gets the messages and control frames, and the violation if there is one.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer, into batch: inout InboundBatch) {
        var input = unsafe InputCursor(bytes)
        do throws(ProtocolViolation) {
            while self.phase != .finished, !input.isEmpty {
                try self.readWholeMessages(&input, into: &batch)
                guard !input.isEmpty else { return }
                try self.advance(&input, into: &batch)
            }
            if self.deliversPieces, let piece = self.assembly?.takePiece() { self.handOver(piece, into: &batch) }
        } catch {
            batch.violation = error
            self.finish()
        }
    }

    private mutating func finish() {
        self.phase = .finished
        self.assembly = nil
        self.cutHeader = []
        self.controlPayload = []
    }

    private mutating func advance(
        _ input: inout InputCursor,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        if self.phase == .header {
            guard try self.readHeader(&input) else { return }
            try self.begin(limits: self.limits)
        }
        if self.frame.opcode.isControl {
            try self.readControlPayload(&input, into: &batch)
        } else {
            try self.readDataPayload(&input, into: &batch)
        }
    }

    // MARK: Header

    /// - Returns: Whether a header is complete; if not, all input was taken.
    private mutating func readHeader(_ input: inout InputCursor) throws(ProtocolViolation) -> Bool {
        guard self.cutHeader.isEmpty else { return try self.completeCutHeader(&input) }
        guard let parsed = unsafe try self.parse(input.rest) else {
            self.cutHeader = unsafe Array(input.takeRest())
            return false
        }
        input.skip(parsed.size)
        self.frame = parsed.header
        return true
    }

    private func parse(_ bytes: UnsafeRawBufferPointer) throws(ProtocolViolation) -> FrameHeader.Parsed? {
        let allowed = self.inflater == nil ? 0 : FrameHeader.compressionBit
        return unsafe try FrameHeader.parse(bytes, from: self.sender, allowedReservedBits: allowed)
    }

    private mutating func completeCutHeader(_ input: inout InputCursor) throws(ProtocolViolation) -> Bool {
        let before = self.cutHeader.count
        let needed = min(FrameHeader.maximumSize - before, input.count)
        unsafe self.cutHeader.append(contentsOf: input.rest[..<needed])
        let attempt = unsafe self.cutHeader.withUnsafeBytes { bytes in
            Result { () throws(ProtocolViolation) in unsafe try self.parse(bytes) }
        }
        guard let parsed = try attempt.get() else {
            input.skip(needed)
            return false
        }
        // The header may have needed less than was copied.
        input.skip(parsed.size - before)
        self.cutHeader.removeAll(keepingCapacity: true)
        self.frame = parsed.header
        return true
    }

    /// Checks a data frame against the message in progress and the limits, before any of its payload is read.
    private mutating func begin(limits: MessageLimits) throws(ProtocolViolation) {
        self.phase = .payload
        self.received = 0
        guard !self.frame.opcode.isControl else { return }
        let isContinuation = self.frame.opcode == .continuation
        guard isContinuation == (self.assembly != nil) else { throw self.wrongOrder }
        let isCompressed = self.assembly?.isCompressed ?? (self.frame.reservedBits != 0)
        let before = isCompressed ? 0 : self.assembly?.count ?? 0
        let most = isCompressed ? limits.maximumCompressedFrame : limits.maximumMessageBytes
        let (total, overflow) = before.addingReportingOverflow(self.frame.payloadLength)
        guard !overflow, total <= most else {
            throw ProtocolViolation(
                .messageTooBig,
                "A message exceeds \(limits.maximumMessageBytes) bytes (frame of \(self.frame.payloadLength)).",
                closeCode: .messageTooBig
            )
        }
        try self.assembly?.beginFragment(limits: limits)
    }

    private var wrongOrder: ProtocolViolation {
        // §5.4: fragments of different messages are not interleaved.
        self.assembly == nil
            ? ProtocolViolation(.unexpectedContinuation, "A continuation frame has no message to continue.")
            : ProtocolViolation(.interruptedMessage, "A \(self.frame.opcode) frame interrupts a fragmented message.")
    }

    // MARK: Payload

    /// Takes the messages at the front of `input` that came whole, which is nearly all the work there is.
    private func readWholeMessages(
        _ input: inout InputCursor,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        guard self.phase == .header, self.assembly == nil, self.cutHeader.isEmpty else { return }
        var frames = unsafe WholeFrames(input.rest, from: self.sender, limits: self.limits)
        try batch.append(&frames)
        input.skip(frames.end)
    }

    private mutating func readDataPayload(
        _ input: inout InputCursor,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        let length = self.frame.payloadLength
        let room = input.count
        let part = unsafe input.take(atMost: length - self.received)
        if self.assembly == nil {
            if unsafe try self.readWholeCompressed(part, room: room, into: &batch) { return }
            try self.beginAssembly(room: min(room, length))
        }
        unsafe try self.append(part)
        self.received += part.count
        guard self.received == length else { return }
        self.phase = .header
        guard self.frame.isFinal, let whole = self.assembly.take() else { return }
        let (kind, continues) = (whole.kind, whole.isHandedOver)
        batch.append(try whole.finish(), kind: kind, continues: continues)
    }

    private mutating func append(_ part: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        let (key, offset) = (self.frame.maskingKey, self.received)
        let left = self.frame.isFinal ? self.frame.payloadLength - self.received : nil
        if let inflater = self.inflater, self.assembly?.isCompressed == true {
            let ends = left == part.count
            unsafe try self.assembly?.append(
                part,
                key: key,
                keyOffset: offset,
                endsMessage: ends,
                inflater: inflater,
                limits: self.limits
            )
        } else {
            unsafe try self.assembly?.append(part, key: key, keyOffset: offset, left: left)
        }
    }

    /// Decompresses a message that came whole, in one frame, straight to where the messages of the read lie.
    ///
    /// - Returns: Whether it was one.
    private mutating func readWholeCompressed(
        _ part: UnsafeRawBufferPointer,
        room: Int,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) -> Bool {
        guard let inflater = self.inflater, self.frame.reservedBits != 0, self.frame.isFinal else { return false }
        guard part.count == self.frame.payloadLength else { return false }
        unsafe try batch.append(
            inflating: part,
            key: self.frame.maskingKey,
            kind: self.frame.opcode == .text ? .text : .binary,
            inflater: inflater,
            limits: self.limits,
            readCount: room
        )
        self.phase = .header
        return true
    }

    private mutating func beginAssembly(room: Int) throws(ProtocolViolation) {
        var assembly = MessageAssembly(
            kind: self.frame.opcode == .text ? .text : .binary,
            isCompressed: self.frame.reservedBits != 0,
            room: room
        )
        try assembly.beginFragment(limits: self.limits)
        self.assembly = consume assembly
    }

    /// Hands over what has come of the message in progress.
    private mutating func handOver(_ piece: PayloadStorage, into batch: inout InboundBatch) {
        guard let kind = self.assembly?.kind, let total = self.assembly?.count else { return }
        batch.append(piece, kind: kind, continues: total > piece.count, isContinued: true)
    }

    private mutating func readControlPayload(
        _ input: inout InputCursor,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        let part = unsafe input.take(atMost: self.frame.payloadLength - self.received)
        var bytes = unsafe Array(part)
        if let key = self.frame.maskingKey {
            unsafe bytes.withUnsafeMutableBytes { target in unsafe key.apply(to: target, offset: self.received) }
        }
        self.received += part.count
        self.controlPayload += bytes
        guard self.received == self.frame.payloadLength else { return }
        self.phase = .header
        let payload = self.controlPayload
        self.controlPayload = []
        batch.controls.append(ControlFrame(try self.content(of: payload), messagesBefore: batch.count))
    }

    private mutating func content(of payload: [UInt8]) throws(ProtocolViolation) -> ControlFrame.Content {
        switch self.frame.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            let frame = try CloseFrame(payload: payload)
            // §5.5.1: nothing follows a Close frame.
            self.finish()
            return .close(frame)
        }
    }
}

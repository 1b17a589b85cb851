/// Turns received bytes into messages and control frames, for any sizes of the reads.
///
/// ```
///            header complete                 frame complete, or nothing to follow
///  header ───────────────────► payload ─────────────────────────────────────────► header
///    │                            │
///    └──── violation, Close ──────┴──► finished   (further bytes are ignored)
/// ```
///
/// One owner gives it bytes. It never allocates memory for bytes that a peer has only announced.
package struct MessageReader: ~Copyable {
    enum Phase {
        /// Between frames, or inside a header; can become `payload` or `finished`.
        case header
        /// Inside the payload of `frame`; can become `header` or `finished`.
        case payload
        /// A Close frame or a violation was received.
        case finished
    }

    // The members that each read needs come first, so that they are next to each other in memory.
    var phase = Phase.header
    let sender: Role
    let deliversPieces: Bool
    /// The first bytes of a header that came incomplete, at most 13.
    var cutHeader: [UInt8] = []
    var assembly: MessageAssembly?
    /// The decompressor, if permessage-deflate was negotiated.
    let inflater: Inflater?
    /// Grows with each part of a message, not with control frames, and so shows whether the peer still sends.
    package internal(set) var dataSteps = 0
    // The counters since the last `takeTraffic()`. The code that gets the messages counts the messages.
    var frames = 0
    private var wireBytes = 0
    var limits: MessageLimits
    var frame = FrameHeader(opcode: .continuation, payloadLength: 0)
    /// How many payload bytes of `frame` have arrived.
    var received = 0
    /// The payload of a control frame that came incomplete, at most 125 bytes.
    var controlPayload: [UInt8] = []
    private var takenInflation = (compressed: 0, inflated: 0)

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - role: Our role; the peer has the other one.
    ///   - limits: The limits for received messages.
    ///   - deflate: The negotiated compression, or nil for none.
    ///   - deliversPieces: Whether a message that takes several reads is handed over in pieces.
    package init(
        role: Role,
        limits: MessageLimits = MessageLimits(),
        deflate: NegotiatedDeflate? = nil,
        deliversPieces: Bool = false
    ) {
        self.sender = role.peer
        self.inflater = deflate.map { Inflater($0.peer) }
        self.deliversPieces = deliversPieces
        self.limits = limits
        // A whole message is one fragment, so the limit must be at least 1.
        self.limits.maximumFragments = max(limits.maximumFragments, 1)
    }

    /// Whether a Close frame or a violation was received; all later bytes are ignored.
    package var hasEnded: Bool { self.phase == .finished }

    /// Whether the last received byte is inside a message or a frame.
    package var isInsideMessage: Bool {
        self.phase == .payload || !self.cutHeader.isEmpty || self.assembly != nil
    }

    /// The size of the memory for the message in progress, in bytes.
    package var reservedBytes: Int {
        switch self.assembly {
        case .some(let assembly): assembly.reservedBytes
        case .none: 0
        }
    }

    /// Takes the next bytes and adds all completed messages and frames to `batch`.
    ///
    /// - Parameters:
    ///   - bytes: The next bytes of the connection, in any cut; before them, the ``heldBytes``.
    ///   - memory: The memory of the bytes, if the batch may keep it.
    ///   - batch: Gets the messages and control frames, and the violation if there is one.
    package mutating func receive(
        _ bytes: UnsafeRawBufferPointer,
        in memory: ReadMemory? = nil,
        into batch: inout InboundBatch
    ) {
        guard self.phase != .finished else { return }
        let held = self.heldBytes
        // The caller promises this; else the bytes of a message would be taken for those behind it.
        precondition(bytes.count >= held, "without the bytes that are held")
        self.wireBytes &+= bytes.count &- held
        var input = unsafe InputCursor(bytes)
        input.skip(held)
        do throws(ProtocolViolation) {
            while self.phase != .finished, !input.isEmpty {
                try self.readWholeMessages(&input, in: memory, into: &batch)
                guard !input.isEmpty else { return }
                try self.advance(&input, in: memory, into: &batch)
            }
            if self.deliversPieces, let piece = self.assembly?.takePiece() { self.handOver(piece, into: &batch) }
        } catch {
            batch.violation = error
            self.finish()
        }
    }

    /// The counters of frames and bytes since the last call; called once per read.
    package mutating func takeTraffic() -> WebSocketTraffic {
        var taken = WebSocketTraffic()
        (taken.frames, taken.wireBytes) = (self.frames, self.wireBytes)
        (self.frames, self.wireBytes) = (0, 0)
        guard let totals = self.inflater?.totals else { return taken }
        taken.compressedBytes = totals.compressed &- self.takenInflation.compressed
        taken.inflatedBytes = totals.inflated &- self.takenInflation.inflated
        self.takenInflation = totals
        return taken
    }

    mutating func finish() {
        self.phase = .finished
        self.assembly = nil
        self.cutHeader = []
        self.controlPayload = []
    }

    private mutating func advance(
        _ input: inout InputCursor,
        in memory: ReadMemory?,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        if self.phase == .header {
            guard try self.readHeader(&input) else { return }
            try self.begin(limits: self.limits)
        }
        if self.frame.opcode.isControl {
            try self.readControlPayload(&input, into: &batch)
        } else {
            try self.readDataPayload(&input, in: memory, into: &batch)
        }
    }

    // MARK: Header

    /// - Returns: Whether a header is complete; if not, all input was used.
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
        let needed = min(FrameHeader.maximumBytes - before, input.count)
        unsafe self.cutHeader.append(contentsOf: input.rest[..<needed])
        let attempt = unsafe self.cutHeader.withUnsafeBytes { bytes in
            Result { () throws(ProtocolViolation) in unsafe try self.parse(bytes) }
        }
        guard let parsed = try attempt.get() else {
            input.skip(needed)
            return false
        }
        // The header may be shorter than the bytes that were copied.
        input.skip(parsed.size - before)
        self.cutHeader.removeAll(keepingCapacity: true)
        self.frame = parsed.header
        return true
    }

    /// Checks a data frame against the message in progress and the limits, before any of its payload is read.
    private mutating func begin(limits: MessageLimits) throws(ProtocolViolation) {
        self.phase = .payload
        self.received = 0
        self.frames &+= 1
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
                "A message exceeds \(limits.sentence) It has a frame of \(self.frame.payloadLength) bytes.",
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
}

/// A position in the bytes of one read.
// Safe: it is used only inside of the call that lent the bytes.
@safe
struct InputCursor: ~Copyable {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    /// The number of remaining bytes.
    var count: Int { unsafe self.bytes.count &- self.position }
    var isEmpty: Bool { self.count == 0 }
    var rest: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: self.bytes[self.position...]) }

    mutating func skip(_ count: Int) { self.position &+= count }

    mutating func take(atMost count: Int) -> UnsafeRawBufferPointer {
        let end = self.position &+ min(count, self.count)
        let part = unsafe UnsafeRawBufferPointer(rebasing: self.bytes[self.position..<end])
        self.position = end
        return unsafe part
    }

    /// The last `count` bytes before the position.
    func last(_ count: Int) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: self.bytes[(self.position &- count)..<self.position])
    }

    mutating func takeRest() -> UnsafeRawBufferPointer { unsafe self.take(atMost: self.count) }
}

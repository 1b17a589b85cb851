// Reads payloads, whole or in parts, of messages and control frames.
extension MessageReader {
    /// Takes the complete messages at the start of `input`, which is usually nearly all the work.
    mutating func readWholeMessages(
        _ input: inout InputCursor,
        in memory: ReadMemory?,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        guard self.phase == .header, self.assembly == nil, self.cutHeader.isEmpty else { return }
        var frames = unsafe WholeFrames(input.rest, from: self.sender, limits: self.limits)
        let before = batch.count
        try batch.append(&frames, in: memory)
        self.frames &+= batch.count &- before
        input.skip(frames.end)
    }

    mutating func readDataPayload(
        _ input: inout InputCursor,
        in memory: ReadMemory?,
        into batch: inout InboundBatch
    ) throws(ProtocolViolation) {
        self.dataSteps &+= 1
        let length = self.frame.payloadLength
        let room = input.count
        let part = unsafe input.take(atMost: length - self.received)
        var holds = self.heldBytes > 0
        if self.assembly == nil {
            if unsafe try self.readWholeCompressed(part, room: room, into: &batch) { return }
            holds = self.mayHold(part.count, in: memory)
            try self.beginAssembly(room: holds ? 0 : min(room, length))
        }
        unsafe try holds ? self.assembly?.hold(part) : self.append(part)
        self.received += part.count
        guard self.received == length else { return }
        self.phase = .header
        guard self.frame.isFinal, let whole = self.assembly.take() else { return }
        let (kind, continues) = (whole.kind, whole.isHandedOver)
        let held = unsafe input.last(whole.held)
        batch.append(unsafe try whole.finish(held: held, in: memory), kind: kind, continues: continues)
    }

    private mutating func append(_ part: UnsafeRawBufferPointer) throws(ProtocolViolation) {
        let (key, offset) = (self.frame.maskingKey, self.received)
        let isLast = self.frame.isFinal && !self.deliversPieces
        let left = isLast ? self.frame.payloadLength - self.received : nil
        if let inflater = self.inflater, self.assembly?.isCompressed == true {
            let ends = self.frame.isFinal && part.count == self.frame.payloadLength - self.received
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

    /// Decompresses a complete message of one frame directly into the memory that the messages of the read share.
    ///
    /// - Returns: Whether the frame was such a message.
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
        let isCompressed = self.frame.reservedBits != 0
        var assembly = MessageAssembly(
            kind: self.frame.opcode == .text ? .text : .binary,
            isCompressed: isCompressed,
            room: room,
            total: self.frame.isFinal && !isCompressed && !self.deliversPieces ? self.frame.payloadLength : .max
        )
        try assembly.beginFragment(limits: self.limits)
        self.assembly = consume assembly
    }

    /// Hands over the part of the message in progress that has arrived.
    mutating func handOver(_ piece: PayloadStorage, into batch: inout InboundBatch) {
        guard let kind = self.assembly?.kind, let total = self.assembly?.count else { return }
        batch.append(piece, kind: kind, continues: total > piece.count, isContinued: true)
    }

    mutating func readControlPayload(
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
            // §5.5.1: no frame follows a Close frame.
            self.finish()
            return .close(frame)
        }
    }
}

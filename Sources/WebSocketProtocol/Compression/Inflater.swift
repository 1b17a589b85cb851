import CZlib

/// Decompresses the messages of one peer, in order (RFC 7692 §7.2.2).
///
/// The limit is checked while the output is produced, so a message that is too large costs no more than the limit.
// Safe: zlib's state is allocated here, used by this object only, and freed with it.
@safe
final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private let peer: NegotiatedDeflate.Direction
    /// zlib's state is made when the first compressed message arrives.
    private var isReady = false
    /// The compressed bytes of the message in progress, without its tail.
    private var received = 0
    /// Whether the bytes so far end at the end of a block.
    private var isAtBoundary = true
    /// Whether they end with a block that is marked as the last one (§7.2.3.4).
    private var endsWithFinalBlock = false
    /// The copy of a part that must be unmasked, or that needs the tail of its message.
    private let scratch = PayloadStorage(capacity: 0)
    /// The number of all bytes that went in and came out.
    private(set) var totals = (compressed: 0, inflated: 0)

    /// The bytes that a sender removes from the end of each message (§7.2.1).
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    /// Parts up to this size are copied so that the tail can be added: a copy costs less than a second call of zlib.
    private static let scratchSize = 16 * 1024
    // zlib.h, `data_type`: 128 says that a block has just ended, 64 that it was the last one; the bits below are the
    // number of unused bits in the last byte.
    private static let endOfBlock: Int32 = 128
    private static let endOfBlockMask: Int32 = 0xBF

    init(_ peer: NegotiatedDeflate.Direction) {
        unsafe self.stream = .allocate(capacity: 1)
        unsafe self.stream.initialize(to: z_stream())
        self.peer = peer
    }

    deinit {
        if self.isReady { unsafe inflateEnd(self.stream) }
        unsafe self.stream.deallocate()
    }

    /// Decompresses the next part of a message.
    ///
    /// - Parameters:
    ///   - part: The bytes as received.
    ///   - key: The key they are masked with, or nil.
    ///   - keyOffset: Where `part` begins in the payload of its frame.
    ///   - endsMessage: Whether this is the end of the message.
    ///   - storage: Gets the decompressed bytes.
    ///   - room: The maximum number of decompressed bytes.
    /// - Throws: ``ProtocolViolation`` with `messageTooBig` or `invalidCompression`.
    func inflate(
        _ part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int = 0,
        endsMessage: Bool,
        into storage: PayloadStorage,
        room: Int
    ) throws(ProtocolViolation) {
        try self.prepare()
        self.received += part.count
        self.totals.compressed &+= part.count
        let before = storage.count
        defer { self.totals.inflated &+= storage.count - before }
        // At most `Int.max - 1`: a number one over the limit must fit in an `Int`.
        let (sum, overflow) = storage.count.addingReportingOverflow(room)
        let limit = overflow ? .max - 1 : min(sum, .max - 1)
        if key == nil, !endsMessage || part.count > Self.scratchSize {
            unsafe try self.run(part, tailCount: 0, into: storage, limit: limit)
            if endsMessage { try self.runTail(into: storage, limit: limit) }
        } else {
            unsafe try self.runCopy(
                of: part,
                key: key,
                keyOffset: keyOffset,
                endsMessage: endsMessage,
                into: storage,
                limit: limit
            )
        }
        if endsMessage { try self.finishMessage() }
    }

    private func prepare() throws(ProtocolViolation) {
        guard !self.isReady else { return }
        let bits = -Int32(self.peer.windowBits)
        let result = unsafe inflateInit2_(self.stream, bits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { throw .cannotDecompress("zlib has no memory (\(result))") }
        self.isReady = true
    }

    private func runCopy(
        of part: UnsafeRawBufferPointer,
        key: MaskingKey?,
        keyOffset: Int,
        endsMessage: Bool,
        into storage: PayloadStorage,
        limit: Int
    ) throws(ProtocolViolation) {
        var offset = 0
        repeat {
            let end = min(offset + Self.scratchSize, part.count)
            self.scratch.clear()
            let piece = unsafe UnsafeRawBufferPointer(rebasing: part[offset..<end])
            unsafe self.scratch.append(piece, key: key, keyOffset: keyOffset + offset)
            let needsTail = self.received > 0 && (part.count > 0 || !self.endsWithFinalBlock)
            let isEnd = endsMessage && end == part.count && needsTail
            if isEnd { self.appendTail() }
            unsafe try self.run(
                self.scratch.bytes,
                tailCount: isEnd ? Self.tail.count : 0,
                into: storage,
                limit: limit
            )
            offset = end
        } while offset < part.count
    }

    private func runTail(into storage: PayloadStorage, limit: Int) throws(ProtocolViolation) {
        guard !self.endsWithFinalBlock else { return }
        self.scratch.clear()
        self.appendTail()
        unsafe try self.run(self.scratch.bytes, tailCount: 0, into: storage, limit: limit)
    }

    private func appendTail() {
        unsafe Self.tail.withUnsafeBytes { tail in _ = unsafe self.scratch.append(tail, key: nil) }
    }

    /// Gives zlib all of `input` and collects all output.
    ///
    /// The last `tailCount` bytes are the tail that the sender removed.
    private func run(
        _ input: UnsafeRawBufferPointer,
        tailCount: Int,
        into storage: PayloadStorage,
        limit: Int
    ) throws(ProtocolViolation) {
        guard let start = input.baseAddress, input.count > 0 else { return }
        var taken = 0
        self.endsWithFinalBlock = false
        // If the output buffer is full, zlib may have more output.
        var outputWasFull = false
        while taken < input.count || outputWasFull {
            let offered = min(input.count - taken, Deflater.mostAtOnce)
            unsafe self.stream.pointee.next_in = UnsafeMutablePointer(
                mutating: (start + taken).assumingMemoryBound(to: UInt8.self)
            )
            unsafe self.stream.pointee.avail_in = UInt32(offered)
            let result = try self.step(expecting: offered * 4, into: storage, limit: limit)
            taken += offered - Int(unsafe self.stream.pointee.avail_in)
            outputWasFull = unsafe self.stream.pointee.avail_out == 0
            // A call with nothing to do loses this.
            if result != Z_BUF_ERROR {
                let dataType = unsafe self.stream.pointee.data_type
                self.isAtBoundary = dataType & Self.endOfBlockMask == Self.endOfBlock
            }
            guard result == Z_STREAM_END else { continue }
            // The window is kept: the sender may still refer to its content.
            unsafe inflateResetKeep(self.stream)
            outputWasFull = false
            // The last block may be an empty one whose length fields are the tail. Then no input is left.
            guard taken == input.count || input.count - taken == tailCount else { continue }
            self.endsWithFinalBlock = true
            self.isAtBoundary = true
            return
        }
    }

    /// Calls zlib once.
    private func step(
        expecting expected: Int,
        into storage: PayloadStorage,
        limit: Int
    ) throws(ProtocolViolation) -> Int32 {
        // One byte over the limit shows that there is more. zlib is fast only with space for 258 bytes or more.
        let allowed = limit - storage.count + 1
        let spare = unsafe storage.spare(atLeast: min(max(expected, 512), 64 * 1024, allowed))
        let room = min(spare.count, allowed, Deflater.mostAtOnce)
        unsafe self.stream.pointee.next_out = spare.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe self.stream.pointee.avail_out = UInt32(room)
        let result = unsafe CZlib.inflate(self.stream, Z_SYNC_FLUSH)
        storage.commit(room - Int(unsafe self.stream.pointee.avail_out))
        guard storage.count <= limit else { throw .inflatesTooFar }
        // Z_BUF_ERROR: there was nothing to do.
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
            let reason = unsafe self.stream.pointee.msg.map { unsafe String(cString: $0) }
            throw .cannotDecompress(reason ?? "zlib error \(result)")
        }
        return result
    }

    private func finishMessage() throws(ProtocolViolation) {
        guard self.isAtBoundary else { throw .cannotDecompress("the data does not end where a block does") }
        self.received = 0
        self.endsWithFinalBlock = false
        guard !self.peer.contextTakeover else { return }
        unsafe inflateReset(self.stream)
    }
}

extension ProtocolViolation {
    /// Contains no number: the decompressor knows the remaining space, not the limit that it is a part of.
    fileprivate static let inflatesTooFar = ProtocolViolation(
        .messageTooBig,
        "A compressed message exceeds the limit of a message when it is decompressed.",
        closeCode: .messageTooBig
    )

    fileprivate static func cannotDecompress(_ reason: String) -> ProtocolViolation {
        ProtocolViolation(
            .invalidCompression,
            "A message can't be decompressed: \(reason).",
            closeCode: .invalidFramePayloadData
        )
    }
}

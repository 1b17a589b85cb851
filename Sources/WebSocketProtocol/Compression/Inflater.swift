import CZlib

/// Decompresses the messages of one peer, in order (RFC 7692 §7.2.2).
///
/// The limit is enforced on what comes out, while it comes out: a message that would exceed it costs no more than it.
@safe
final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private let peer: NegotiatedDeflate.Direction
    /// zlib's state is made for the first compressed message.
    private var isReady = false
    /// The compressed bytes of the message in progress, without its tail.
    private var received = 0
    /// Whether the bytes so far end where a block does.
    private var isAtBoundary = true
    /// Whether they end with a block that was marked as the last one (§7.2.3.4).
    private var endsWithFinalBlock = false
    /// What must be unmasked, or get the tail of its message, is copied here.
    private let scratch = PayloadStorage(capacity: 0)
    /// The bytes that were ever given, and those that came out.
    private(set) var totals = (compressed: 0, inflated: 0)

    /// What a sender takes off the end of each message (§7.2.1).
    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    /// Parts up to this size are copied to get their tail: that costs less than a second call for it.
    private static let scratchSize = 16 * 1024

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
    ///   - storage: Gets what comes out.
    ///   - room: The most bytes that may come out.
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
        // One less than the most there is: a byte over the limit must still be a number.
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

    /// Gives zlib all of `input`, and takes all that comes out; the last `tailCount` bytes are the tail that the sender
    /// took off.
    private func run(
        _ input: UnsafeRawBufferPointer,
        tailCount: Int,
        into storage: PayloadStorage,
        limit: Int
    ) throws(ProtocolViolation) {
        guard let start = input.baseAddress, input.count > 0 else { return }
        var taken = 0
        self.endsWithFinalBlock = false
        // A full output may hide that zlib holds more of it back.
        var outputWasFull = false
        while taken < input.count || outputWasFull {
            let offered = min(input.count - taken, 1 << 30)
            unsafe self.stream.pointee.next_in = UnsafeMutablePointer(
                mutating: (start + taken).assumingMemoryBound(to: UInt8.self)
            )
            unsafe self.stream.pointee.avail_in = UInt32(offered)
            let result = try self.step(expecting: offered * 4, into: storage, limit: limit)
            taken += offered - Int(unsafe self.stream.pointee.avail_in)
            outputWasFull = unsafe self.stream.pointee.avail_out == 0
            // zlib.h: 128 when a block has just ended, and the number of bits of the last byte that were not used; but
            // a call that finds nothing to do forgets it.
            if result != Z_BUF_ERROR { self.isAtBoundary = unsafe self.stream.pointee.data_type & 0xBF == 128 }
            guard result == Z_STREAM_END else { continue }
            // The window is kept: a sender may still refer to what it holds.
            unsafe inflateResetKeep(self.stream)
            outputWasFull = false
            // The last block may be one whose lengths are the tail: then nothing is left.
            guard taken == input.count || input.count - taken == tailCount else { continue }
            self.endsWithFinalBlock = true
            self.isAtBoundary = true
            return
        }
    }

    /// One call of zlib.
    private func step(
        expecting expected: Int,
        into storage: PayloadStorage,
        limit: Int
    ) throws(ProtocolViolation) -> Int32 {
        // One byte over the limit shows that there is more; and zlib is fast with 258 bytes of room or more.
        let allowed = limit - storage.count + 1
        let spare = unsafe storage.spare(atLeast: min(max(expected, 512), 64 * 1024, allowed))
        let room = min(spare.count, allowed, 1 << 30)
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
    /// Names no number: the decompressor knows how much room there is, not what it is the rest of.
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

import CZlib

/// Compresses the messages of one sender, in order (RFC 7692 §7.2.1).
// Sendable: only the MessageWriter that owns it uses it, under the lock of that writer.
@safe
package final class Deflater: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let configuration: PermessageDeflate
    private let own: NegotiatedDeflate.Direction
    /// zlib's state is made when the first message is compressed.
    private var isReady = false
    private var output = PayloadStorage(capacity: 0)

    /// The size of the tail that ends the output of a flush; it is not sent at the end of a message (§7.2.1).
    private static let tailSize = 4
    /// An output buffer up to this size is kept for the next message.
    private static let maximumKeptBytes = 64 * 1024

    /// - Parameters:
    ///   - configuration: Level and memory.
    ///   - own: The negotiated terms for what we send; the window is 9 bits or more.
    package init(_ configuration: PermessageDeflate, _ own: NegotiatedDeflate.Direction) {
        unsafe self.stream = .allocate(capacity: 1)
        unsafe self.stream.initialize(to: z_stream())
        self.configuration = configuration
        self.own = own
    }

    deinit {
        if self.isReady { unsafe deflateEnd(self.stream) }
        unsafe self.stream.deallocate()
    }

    /// Compresses the next part of a message.
    ///
    /// - Parameters:
    ///   - part: The bytes.
    ///   - endsMessage: Whether this is the end of the message.
    /// - Returns: The payload of the frame, valid until the next call. It is nil if zlib has no memory; then the
    ///   message must be sent uncompressed.
    package func deflate(_ part: UnsafeRawBufferPointer, endsMessage: Bool) -> UnsafeRawBufferPointer? {
        guard self.prepare() else { return nil }
        self.output.clear()
        unsafe self.run(part)
        if endsMessage {
            self.dropTail()
            if !self.own.contextTakeover { unsafe deflateReset(self.stream) }
        }
        return unsafe self.output.bytes
    }

    /// The size of the output buffer.
    var reservedBytes: Int { self.output.capacity }

    /// Frees the output buffer after its use if it is larger than ``maximumKeptBytes``.
    func releaseOutput() {
        guard self.output.capacity > Self.maximumKeptBytes else { return }
        self.output = PayloadStorage(capacity: 0)
    }

    /// Adds a message to the context after another compressor has compressed it.
    ///
    /// The peer's window contains the message, so ours must contain it too.
    package func remember(_ message: UnsafeRawBufferPointer) {
        guard self.own.contextTakeover, self.isReady, message.count > 0 else { return }
        let end = unsafe UnsafeRawBufferPointer(rebasing: message.suffix(1 << self.own.windowBits))
        unsafe deflateSetDictionary(
            self.stream,
            end.baseAddress?.assumingMemoryBound(to: UInt8.self),
            UInt32(end.count)
        )
    }

    private func prepare() -> Bool {
        guard !self.isReady else { return true }
        let result = unsafe deflateInit2_(
            self.stream,
            Int32(self.configuration.level),
            Z_DEFLATED,
            -Int32(self.own.windowBits),
            Int32(self.configuration.memoryLevel),
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        self.isReady = result == Z_OK
        return self.isReady
    }

    /// The most bytes for one call of zlib, which counts them in 32 bits.
    static let mostAtOnce = 1 << 30

    private func run(_ part: UnsafeRawBufferPointer) {
        var taken = 0
        repeat {
            let offered = min(part.count - taken, Self.mostAtOnce)
            unsafe self.stream.pointee.next_in = part.baseAddress.map { base in
                unsafe UnsafeMutablePointer(mutating: (base + taken).assumingMemoryBound(to: UInt8.self))
            }
            unsafe self.stream.pointee.avail_in = UInt32(offered)
            taken += offered
            // With less than six bytes of space, zlib would write the marker of the flush twice.
            repeat {
                let spare = unsafe self.output.spare(atLeast: max(Int(unsafe self.stream.pointee.avail_in) / 2, 256))
                let room = min(spare.count, Self.mostAtOnce)
                unsafe self.stream.pointee.next_out = spare.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe self.stream.pointee.avail_out = UInt32(room)
                // It fails only if there is nothing to do.
                _ = unsafe CZlib.deflate(self.stream, Z_SYNC_FLUSH)
                self.output.commit(room - Int(unsafe self.stream.pointee.avail_out))
            } while unsafe self.stream.pointee.avail_out == 0
        } while taken < part.count
    }

    private func dropTail() {
        guard self.output.count > Self.tailSize else {
            // Nothing came since the last flush, so zlib wrote no block. An empty block is this byte and the tail
            // (§7.2.3.6).
            self.output.clear()
            unsafe [UInt8(0)].withUnsafeBytes { empty in _ = unsafe self.output.append(empty, key: nil) }
            return
        }
        self.output.removeLast(Self.tailSize)
    }
}

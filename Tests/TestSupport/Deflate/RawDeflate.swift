import CZlib

/// The peer's compressor (RFC 7692 §7.2.1).
package final class RawDeflate {
    private let stream: UnsafeMutablePointer<z_stream>
    private let keepsContext: Bool

    /// - Parameters:
    ///   - windowBits: 9 to 15; zlib can't do 8.
    ///   - keepsContext: Whether a message may refer to earlier messages.
    package init(windowBits: Int, keepsContext: Bool) throws {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.keepsContext = keepsContext
        let size = Int32(MemoryLayout<z_stream>.size)
        let status = deflateInit2_(
            self.stream,
            Z_DEFAULT_COMPRESSION,
            Z_DEFLATED,
            Int32(-windowBits),
            8,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            size
        )
        guard status == Z_OK else {
            throw RawInflate.Failed(message: "zlib can't deflate with \(windowBits) window bits")
        }
    }

    deinit {
        deflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Deflates one message.
    ///
    /// - Parameter message: The message.
    /// - Returns: The payload, without the tail of the sync flush.
    package func deflate(_ message: [UInt8]) -> [UInt8] {
        // RFC 7692 §7.2.3.6: an empty block; a second flush of zlib gives no output.
        guard !message.isEmpty else { return [0x00] }
        if !self.keepsContext { deflateReset(self.stream) }
        var input = message
        var output = [UInt8](repeating: 0, count: Int(deflateBound(self.stream, UInt(message.count))) + 64)
        let room = UInt32(output.count)
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                self.stream.pointee.next_in = input.baseAddress
                self.stream.pointee.avail_in = UInt32(input.count)
                self.stream.pointee.next_out = output.baseAddress
                self.stream.pointee.avail_out = room
                // The bound is exact, so one call is enough.
                _ = CZlib.deflate(self.stream, Z_SYNC_FLUSH)
            }
        }
        let count = Int(room - self.stream.pointee.avail_out)
        return Array(output.prefix(count - 4))
    }
}

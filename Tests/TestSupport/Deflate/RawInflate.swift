import CZlib

/// The peer's decompressor (RFC 7692 §7.2.2): zlib, with a window of exactly the negotiated size.
///
/// zlib can refer back to all output of one call, even beyond the window. So it gets space in small steps. A reference
/// beyond the window is then an error, as for a peer that has no more memory.
package final class RawInflate {
    /// The received bytes are not valid.
    package struct Failed: Error { package var message: String }

    private let stream: UnsafeMutablePointer<z_stream>
    private let keepsContext: Bool

    /// - Parameters:
    ///   - windowBits: 9 to 15.
    ///   - keepsContext: Whether a message may refer to earlier messages.
    package init(windowBits: Int, keepsContext: Bool) throws {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.keepsContext = keepsContext
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(self.stream, Int32(-windowBits), ZLIB_VERSION, size) == Z_OK else {
            throw Failed(message: "zlib can't inflate with \(windowBits) window bits")
        }
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Inflates one message.
    ///
    /// - Parameters:
    ///   - payload: The payload of all its frames.
    ///   - step: The size of one step: the window is exact up to `step` - 1 bytes.
    /// - Returns: The message.
    /// - Throws: `Failed`.
    package func inflate(_ payload: [UInt8], step: Int = 4096) throws -> [UInt8] {
        if !self.keepsContext { inflateReset(self.stream) }
        // §7.2.2: the tail that the sender removed.
        var input = payload + [0x00, 0x00, 0xFF, 0xFF]
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: step)
        try input.withUnsafeMutableBufferPointer { input in
            self.stream.pointee.next_in = input.baseAddress
            self.stream.pointee.avail_in = UInt32(input.count)
            var produced = step
            // When a step was filled, zlib may hold more output.
            while self.stream.pointee.avail_in > 0 || produced == step {
                produced = try self.inflateStep(into: &chunk)
                output += chunk.prefix(produced)
            }
        }
        return output
    }

    private func inflateStep(into chunk: inout [UInt8]) throws -> Int {
        let room = UInt32(chunk.count)
        let status = chunk.withUnsafeMutableBufferPointer { chunk in
            self.stream.pointee.next_out = chunk.baseAddress
            self.stream.pointee.avail_out = room
            return CZlib.inflate(self.stream, Z_SYNC_FLUSH)
        }
        // Z_BUF_ERROR means that there was nothing to do. §7.2.3.5 allows a final block, but our sender does not use
        // one.
        guard status == Z_OK || status == Z_BUF_ERROR else {
            let message = self.stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
            throw Failed(message: message)
        }
        return Int(room - self.stream.pointee.avail_out)
    }
}

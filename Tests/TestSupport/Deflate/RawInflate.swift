import CZlib

/// The peer's inflater (RFC 7692 §7.2.2): zlib, with a window of exactly what was negotiated.
///
/// zlib looks back through what one call puts out, whatever the window; so it is let out in small steps, and reaching
/// further back than the window is an error, as it is for a peer that has no more memory.
package final class RawInflate {
    /// What was received is not what may be sent.
    package struct Failed: Error { package var message: String }

    private let stream: UnsafeMutablePointer<z_stream>
    private let keepsContext: Bool

    /// - Parameters:
    ///   - windowBits: 9 to 15.
    ///   - keepsContext: Whether a message may refer to those before it.
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
    ///   - step: How much is let out at once: the window is exact up to this less one.
    /// - Returns: The message.
    /// - Throws: `Failed`.
    package func inflate(_ payload: [UInt8], step: Int = 4096) throws -> [UInt8] {
        if !self.keepsContext { inflateReset(self.stream) }
        // §7.2.2: the tail that the sender took away.
        var input = payload + [0x00, 0x00, 0xFF, 0xFF]
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: step)
        try input.withUnsafeMutableBufferPointer { input in
            self.stream.pointee.next_in = input.baseAddress
            self.stream.pointee.avail_in = UInt32(input.count)
            var produced = step
            // Output that zlib holds back comes when the step was filled.
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
        // Z_BUF_ERROR says that there was nothing left to do; §7.2.3.5 allows a final block, but nobody here sends one.
        guard status == Z_OK || status == Z_BUF_ERROR else {
            let message = self.stream.pointee.msg.map { String(cString: $0) } ?? "status \(status)"
            throw Failed(message: message)
        }
        return Int(room - self.stream.pointee.avail_out)
    }
}

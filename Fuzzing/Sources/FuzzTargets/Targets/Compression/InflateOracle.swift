import CZlib
import WebSocketProtocol

/// Decompresses the messages of one peer with plain zlib, each in one piece (RFC 7692 §7.2.2).
final class InflateOracle {
    /// The result of a message.
    enum Verdict: Equatable {
        /// The message is in ``output``.
        case inflated
        /// The message exceeds the limit.
        case tooBig
        /// The payload is not DEFLATE, or ends within a block.
        case invalid
    }

    /// The last message, or its bytes before the fault.
    private(set) var output: [UInt8] = []

    private let stream: UnsafeMutablePointer<z_stream>
    private let contextTakeover: Bool
    private let limit: Int

    private static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
    /// An empty stored block that is marked as the last one.
    private static let lastBlock: [UInt8] = [0x01, 0x00, 0x00, 0xFF, 0xFF]
    private static let bufferSize = 1 << 16

    init(_ peer: NegotiatedDeflate.Direction, limit: Int) {
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.contextTakeover = peer.contextTakeover
        self.limit = limit
        let size = Int32(MemoryLayout<z_stream>.size)
        // Always the largest window, even if a smaller one was agreed on: see ``InflateTarget``.
        require(inflateInit2_(self.stream, -15, ZLIB_VERSION, size) == Z_OK, "zlib has no memory.")
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
    }

    /// Decompresses the next message.
    ///
    /// - Parameter payload: The payload of its frames.
    /// - Returns: The result; no message may follow one that has a fault.
    func inflate(_ payload: [UInt8]) -> Verdict {
        self.output.removeAll(keepingCapacity: true)
        // There is not even an empty block. A sender that does not compress an empty message writes it so.
        if payload.isEmpty { return .inflated }
        guard self.run(payload + Self.tail) else { return self.output.count > self.limit ? .tooBig : .invalid }
        guard self.endsBlock() else { return .invalid }
        if !self.contextTakeover { inflateReset(self.stream) }
        return .inflated
    }

    private func run(_ input: [UInt8]) -> Bool {
        var input = input
        return input.withUnsafeMutableBufferPointer { input in
            self.stream.pointee.next_in = input.baseAddress
            self.stream.pointee.avail_in = UInt32(input.count)
            while true {
                let result = self.step()
                guard self.output.count <= self.limit else { return false }
                switch result {
                case Z_STREAM_END where self.stream.pointee.avail_in == Self.tail.count:
                    // The sender removed a tail that was not there: by §7.2.3.4 it must add a byte first.
                    inflateResetKeep(self.stream)
                    return true
                case Z_STREAM_END: inflateResetKeep(self.stream)
                case Z_OK where self.stream.pointee.avail_in > 0 || self.stream.pointee.avail_out == 0: continue
                case Z_OK, Z_BUF_ERROR: return true
                default: return false
                }
            }
        }
    }

    private func step() -> Int32 {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.bufferSize) { buffer in
            let room = min(buffer.count, self.limit - self.output.count + 1)
            self.stream.pointee.next_out = buffer.baseAddress
            self.stream.pointee.avail_out = UInt32(room)
            let result = CZlib.inflate(self.stream, Z_SYNC_FLUSH)
            self.output += buffer.prefix(room - Int(self.stream.pointee.avail_out))
            return result
        }
    }

    /// Whether a block could begin here; if so, an empty last block ends the stream.
    private func endsBlock() -> Bool {
        var copy = z_stream()
        guard inflateCopy(&copy, self.stream) == Z_OK else { return false }
        defer { inflateEnd(&copy) }
        var block = Self.lastBlock
        var nothing: UInt8 = 0
        return block.withUnsafeMutableBufferPointer { block in
            copy.next_in = block.baseAddress
            copy.avail_in = UInt32(block.count)
            copy.avail_out = 1
            return withUnsafeMutablePointer(to: &nothing) { nothing in
                copy.next_out = nothing
                return CZlib.inflate(&copy, Z_SYNC_FLUSH) == Z_STREAM_END && copy.avail_out == 1
                    && copy.avail_in == 0
            }
        }
    }
}

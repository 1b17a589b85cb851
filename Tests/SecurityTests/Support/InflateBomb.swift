import TestSupport

/// Compressed zeros: about 1 KiB on the wire for each MiB in memory, the maximum of DEFLATE.
enum InflateBomb {
    static let blockBytes = 1 << 20

    /// The payload of one compressed message.
    ///
    /// - Parameter blocks: The decompressed size in MiB.
    /// - Returns: The bytes, without the tail of a sync flush.
    static func payload(blocks: Int) throws -> [UInt8] {
        let compressor = try RawDeflate(windowBits: 15, keepsContext: true)
        let zeros = [UInt8](repeating: 0, count: self.blockBytes)
        // RFC 7692 §7.2.1: between blocks of one message the tail is kept.
        let first = compressor.deflate(zeros) + [0x00, 0x00, 0xFF, 0xFF]
        let next = compressor.deflate(zeros) + [0x00, 0x00, 0xFF, 0xFF]
        return (first + repeatElement(next, count: blocks - 1).joined()).dropLast(4)
    }
}

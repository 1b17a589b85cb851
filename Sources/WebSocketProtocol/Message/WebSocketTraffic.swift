/// What has passed a connection in one direction.
public struct WebSocketTraffic: Sendable, Hashable {
    /// Data and control frames; those received are counted when their header is complete.
    public var frames = 0
    /// Messages, counted when they are complete.
    public var messages = 0
    /// Bytes of frames with their headers, before TLS; a mock server's raw bytes count, too.
    public var wireBytes = 0
    /// Payload bytes of the messages, decompressed.
    public var payloadBytes = 0
    /// Payload bytes of compressed messages, as they are on the wire.
    public var compressedBytes = 0
    /// Payload bytes of the same messages, decompressed.
    public var inflatedBytes = 0

    /// Creates a sum of nothing; change single numbers from there, as tests do.
    public init() {}

    /// How many bytes one byte of a compressed message stands for, or nil when none was compressed.
    ///
    /// Messages that were not compressed do not count; below 1 compression made messages larger.
    public var compressionRatio: Double? {
        self.compressedBytes == 0 ? nil : Double(self.inflatedBytes) / Double(self.compressedBytes)
    }

    /// Adds what has passed since.
    package static func += (sum: inout Self, more: Self) {
        sum.frames &+= more.frames
        sum.messages &+= more.messages
        sum.wireBytes &+= more.wireBytes
        sum.payloadBytes &+= more.payloadBytes
        sum.compressedBytes &+= more.compressedBytes
        sum.inflatedBytes &+= more.inflatedBytes
    }
}

/// Counters for one direction of a connection.
public struct WebSocketTraffic: Sendable, Hashable {
    /// Data and control frames; a received frame is counted when its header is complete.
    public var frames = 0
    /// Messages, counted when they are complete.
    public var messages = 0
    /// Bytes of frames with their headers, before TLS; the raw bytes of a mock server count too.
    public var wireBytes = 0
    /// Payload bytes of the messages, decompressed.
    public var payloadBytes = 0
    /// Payload bytes of compressed messages, as on the wire.
    public var compressedBytes = 0
    /// Payload bytes of the same messages, decompressed.
    public var inflatedBytes = 0

    /// Creates counters with the value 0; tests can then change single counters.
    public init() {}

    /// The decompressed size of compressed messages divided by their size on the wire; nil if no message was
    /// compressed.
    ///
    /// Uncompressed messages do not count. A value below 1 means that compression made messages larger.
    public var compressionRatio: Double? {
        self.compressedBytes == 0 ? nil : Double(self.inflatedBytes) / Double(self.compressedBytes)
    }

    /// Adds later counters.
    package static func += (sum: inout Self, more: Self) {
        sum.frames &+= more.frames
        sum.messages &+= more.messages
        sum.wireBytes &+= more.wireBytes
        sum.payloadBytes &+= more.payloadBytes
        sum.compressedBytes &+= more.compressedBytes
        sum.inflatedBytes &+= more.inflatedBytes
    }
}

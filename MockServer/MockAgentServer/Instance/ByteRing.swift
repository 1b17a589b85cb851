/// The last bytes of an output, up to a limit.
struct ByteRing: Sendable {
    private(set) var bytes: [UInt8] = []
    let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: some Collection<UInt8>) {
        self.bytes += more.suffix(self.limit)
        // Drops many at once, so that the cost per byte is constant.
        if self.bytes.count > 2 * self.limit { self.bytes.removeFirst(self.bytes.count - self.limit) }
    }

    /// The kept bytes, oldest first.
    var contents: ArraySlice<UInt8> { self.bytes.suffix(self.limit) }

    /// The kept bytes as text; a character that the limit cut becomes U+FFFD, as in agentctl.
    var text: String { String(decoding: self.contents, as: UTF8.self) }
}

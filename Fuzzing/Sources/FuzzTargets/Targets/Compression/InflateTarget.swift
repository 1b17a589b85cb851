import WebSocketProtocol

/// Compressed messages, in any cut: they are decompressed as zlib alone does, up to the limit and no further.
enum InflateTarget: FuzzTarget {
    // Kept between runs, so that their memory is.
    nonisolated(unsafe) private static var whole = Transcript()
    nonisolated(unsafe) private static var cut = Transcript()
    nonisolated(unsafe) private static var expected = Transcript()

    static func run(_ input: FuzzInput) {
        var input = input
        let choices = CompressionChoices(from: &input)
        var cuts = Cuts(seed: input.byte())
        self.whole.removeAll()
        self.cut.removeAll()
        self.expected.removeAll()
        var script = CompressedScript(choices)
        while !input.rest.isEmpty, script.addMessage(from: &input, into: &self.expected) {}
        var one = CheckedReader(role: choices.role, limits: choices.limits, deflate: choices.deflate)
        var many = CheckedReader(role: choices.role, limits: choices.limits, deflate: choices.deflate)
        script.bytes.withUnsafeBytes { bytes in
            one.receive(bytes, into: &self.whole)
            cuts.forEachChunk(of: bytes) { many.receive($0, into: &self.cut) }
        }
        if self.exceedsWindow(one.violation, choices) || self.exceedsWindow(many.violation, choices) { return }
        require(self.whole == self.cut, "One chunk is read as something else than many.")
        switch script.fault {
        case .code(let code):
            let found = one.violation
            require(found?.code == code, "zlib says \(code), the reader \(found?.description ?? "nothing").")
        case .any: require(one.violation != nil, "The reader accepts what is wrong.")
        case nil: require(one.violation == nil, "zlib accepts what the reader does not: \(one.violation as Any).")
        }
        require(self.whole.bytes.starts(with: self.expected.bytes), "zlib reads something else.")
    }

    /// Whether a sender may have referred to more than its window holds.
    ///
    /// zlib sees that only where the memory for the output ends, which depends on the cuts. What it does not see, it
    /// decompresses as a larger window would.
    private static func exceedsWindow(_ violation: ProtocolViolation?, _ choices: CompressionChoices) -> Bool {
        guard let violation, violation.code == .invalidCompression else { return false }
        return choices.deflate.peer.windowBits < 15 && violation.message.hasSuffix("too far back.")
    }
}

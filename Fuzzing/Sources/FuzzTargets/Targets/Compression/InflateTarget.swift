import WebSocketProtocol

/// Compressed messages, in any cut, are decompressed as by plain zlib, and not beyond the limit.
enum InflateTarget: FuzzTarget {
    // Kept between runs to keep their memory.
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
        require(self.whole == self.cut, "One chunk gives a different result than many.")
        switch script.fault {
        case .code(let code):
            let found = one.violation
            require(found?.code == code, "zlib says \(code), the reader \(found?.description ?? "nothing").")
        case .any: require(one.violation != nil, "The reader accepts a wrong message.")
        case nil: require(one.violation == nil, "Only zlib accepts the message: \(one.violation as Any).")
        }
        require(self.whole.bytes.starts(with: self.expected.bytes), "zlib reads something else.")
    }

    /// Whether a sender may have referred further back than its window.
    ///
    /// zlib sees this only at the end of the output memory, which depends on the cuts. If it does not see it, it
    /// decompresses as with a larger window.
    private static func exceedsWindow(_ violation: ProtocolViolation?, _ choices: CompressionChoices) -> Bool {
        guard let violation, violation.code == .invalidCompression else { return false }
        return choices.deflate.peer.windowBits < 15 && violation.message.hasSuffix("too far back.")
    }
}

import WebSocketProtocol

/// Frames and their assembly to messages: the bytes of a peer give the same result in one chunk and in many.
enum FramesTarget: FuzzTarget {
    // Kept between runs to keep their memory.
    nonisolated(unsafe) private static var whole = Transcript()
    nonisolated(unsafe) private static var cut = Transcript()

    private static let deflate = NegotiatedDeflate(
        own: .init(windowBits: 15, contextTakeover: true),
        peer: .init(windowBits: 15, contextTakeover: true)
    )

    static func run(_ input: FuzzInput) {
        var input = input
        let choices = input.byte()
        let seed = input.byte()
        self.whole.removeAll()
        self.cut.removeAll()
        self.read(input.rest, choices: choices, seed: seed)
    }

    private static func read(_ bytes: UnsafeRawBufferPointer, choices: UInt8, seed: UInt8) {
        var limits = MessageLimits()
        limits.maximumMessageBytes = [0, 1, 16, 125, 126, 300, 70_000, 1 << 40][Int(choices >> 1 & 7)]
        limits.maximumFragments = [1, 2, 5, 100][Int(choices >> 4 & 3)]
        let role: Role = choices & 1 == 0 ? .client : .server
        let deflate = choices & 0x80 == 0 ? nil : Self.deflate
        var one = CheckedReader(role: role, limits: limits, deflate: deflate)
        one.receive(bytes, into: &self.whole)
        var many = CheckedReader(role: role, limits: limits, deflate: deflate)
        var cuts = Cuts(seed: seed)
        if choices & 0x40 == 0 {
            cuts.forEachChunk(of: bytes) { many.receive($0, into: &self.cut) }
        } else {
            var batch = InboundBatch()
            cuts.forEachChunk(of: bytes) { many.receive($0, into: &batch) }
            self.cut.append(batch)
        }
        require(self.whole == self.cut, "One chunk gives a different result than many.")
        require(one.reader.hasEnded == many.reader.hasEnded, "Only one of the readers is finished.")
        require(one.reader.isInsideMessage == many.reader.isInsideMessage, "The readers are at different positions.")
    }
}

import WebSocketProtocol

/// HTTP heads, several in a row: the same in one chunk and in many, within the limits, and writable.
enum HeadsTarget: FuzzTarget {
    // Kept between runs to keep their memory.
    nonisolated(unsafe) private static var whole = Transcript()
    nonisolated(unsafe) private static var cut = Transcript()

    static func run(_ input: FuzzInput) {
        var input = input
        let choices = input.byte()
        let cuts = Cuts(seed: input.byte())
        var limits = HandshakeLimits()
        if choices & 2 == 0 {
            // So small that an input can reach them.
            (limits.maximumHeadBytes, limits.maximumLineBytes, limits.maximumFields) = (100, 32, 8)
        }
        self.whole.removeAll()
        self.cut.removeAll()
        if choices & 1 == 0 {
            self.compare(HTTPRequestHead.self, limits, input.rest, cuts)
        } else {
            self.compare(HTTPResponseHead.self, limits, input.rest, cuts)
        }
    }

    private static func compare<Head: WrittenHead>(
        _: Head.Type,
        _ limits: HandshakeLimits,
        _ bytes: UnsafeRawBufferPointer,
        _ cuts: Cuts
    ) {
        var cuts = cuts
        var one = HeadsRead<Head>(limits: limits)
        var many = HeadsRead<Head>(limits: limits)
        one.receive(bytes, into: &self.whole)
        cuts.forEachChunk(of: bytes) { many.receive($0, into: &self.cut) }
        require(self.whole == self.cut, "One chunk gives a different result than many.")
    }
}

import WebSocketProtocol

/// The opening handshake of both roles: the bytes of a peer get the same answer in one chunk and in many.
enum HandshakeTarget: FuzzTarget {
    // Kept between runs to keep their memory.
    nonisolated(unsafe) private static var whole = Transcript()
    nonisolated(unsafe) private static var cut = Transcript()

    static func run(_ input: FuzzInput) {
        var input = input
        let choices = input.byte()
        var cuts = Cuts(seed: input.byte())
        let limits = choices & 2 == 0 ? Self.smallLimits : HandshakeLimits()
        self.whole.removeAll()
        self.cut.removeAll()
        if choices & 1 == 0 {
            self.compare(ClientRead(limits: limits), ClientRead(limits: limits), input.rest, &cuts)
        } else {
            let one = ServerRead(limits: limits, checksWriting: true)
            self.compare(one, ServerRead(limits: limits, checksWriting: false), input.rest, &cuts)
        }
    }

    /// So small that an input can reach them.
    private static let smallLimits: HandshakeLimits = {
        var limits = HandshakeLimits()
        limits.maximumHeadBytes = 300
        limits.maximumLineBytes = 64
        limits.maximumFields = 8
        limits.maximumBodyBytes = 8
        return limits
    }()

    private static func compare<Read: HandshakeRead>(
        _ one: Read,
        _ many: Read,
        _ bytes: UnsafeRawBufferPointer,
        _ cuts: inout Cuts
    ) {
        var one = one
        var many = many
        one.receive(bytes, into: &self.whole)
        one.finish(into: &self.whole)
        cuts.forEachChunk(of: bytes) { many.receive($0, into: &self.cut) }
        many.finish(into: &self.cut)
        require(self.whole == self.cut, "One chunk gets a different answer than many.")
    }
}

/// One side of a handshake, which reads bytes and adds the results to a transcript.
protocol HandshakeRead {
    /// Takes the next bytes; does nothing after there was a result.
    mutating func receive(_ bytes: UnsafeRawBufferPointer, into transcript: inout Transcript)

    /// The connection ends.
    mutating func finish(into transcript: inout Transcript)
}

import WebSocketProtocol

/// The peer's reader decompresses everything that our writer compresses, unchanged and in any cut.
enum DeflateTarget: FuzzTarget {
    // Kept between runs to keep its memory.
    nonisolated(unsafe) private static var read = Transcript()

    static func run(_ input: FuzzInput) {
        var input = input
        let choices = input.byte()
        let role: Role = choices & 1 == 0 ? .client : .server
        let direction = NegotiatedDeflate.Direction(
            // Small windows, because they are allocated for each input, and because messages should be longer than
            // them.
            windowBits: [9, 9, 10, 11][Int(choices >> 1 & 3)],
            contextTakeover: choices & 8 == 0
        )
        var configuration = PermessageDeflate()
        configuration.level = [1, 6, 9, 4][Int(choices >> 4 & 3)]
        configuration.memoryLevel = 1
        configuration.threshold = choices & 0x40 == 0 ? 0 : 8
        let unused = NegotiatedDeflate.Direction(windowBits: 15, contextTakeover: true)
        var cuts = Cuts(seed: input.byte())
        var script = DeflatedScript(
            MessageWriter(
                role: role,
                configuration: configuration,
                deflate: NegotiatedDeflate(own: direction, peer: unused)
            )
        )
        while !input.rest.isEmpty, !script.isFull { script.addMessage(from: &input) }
        let peer = NegotiatedDeflate(own: unused, peer: direction)
        var reader = CheckedReader(role: role.peer, limits: MessageLimits(), deflate: peer)
        self.read.removeAll()
        script.bytes.withUnsafeBytes { bytes in
            cuts.forEachChunk(of: bytes) { reader.receive($0, into: &self.read) }
        }
        require(reader.violation == nil, "What was written is wrong: \(reader.violation as Any).")
        require(script.meant == self.read, "The value read back is not the one that was written.")
        require(!reader.reader.isInsideMessage, "The reader waits for more bytes than were written.")
    }
}

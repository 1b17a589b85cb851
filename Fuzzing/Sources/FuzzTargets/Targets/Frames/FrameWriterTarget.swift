import WebSocketProtocol

/// What our writer writes is read by the peer, in any cut, as what was meant.
enum FrameWriterTarget: FuzzTarget {
    // Kept between runs, so that its memory is.
    nonisolated(unsafe) private static var read = Transcript()

    static func run(_ input: FuzzInput) {
        var input = input
        let role: Role = input.byte() & 1 == 0 ? .client : .server
        var cuts = Cuts(seed: input.byte())
        var script = FrameScript(role: role)
        while !input.rest.isEmpty { script.addMessage(from: &input) }
        var reader = CheckedReader(role: role.peer, limits: MessageLimits())
        self.read.removeAll()
        script.bytes.withUnsafeBytes { bytes in
            cuts.forEachChunk(of: bytes) { reader.receive($0, into: &self.read) }
        }
        require(script.meant == self.read, "What was written is not what was read.")
        require(!reader.reader.isInsideMessage, "The reader waits for more than was written.")
    }
}

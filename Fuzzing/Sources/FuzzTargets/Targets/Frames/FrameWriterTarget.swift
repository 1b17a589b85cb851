import WebSocketProtocol

/// The peer's reader reads everything that our writer writes, unchanged and in any cut.
enum FrameWriterTarget: FuzzTarget {
    // Kept between runs to keep its memory.
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
        require(script.meant == self.read, "The value read back is not the one that was written.")
        require(!reader.reader.isInsideMessage, "The reader waits for more bytes than were written.")
    }
}

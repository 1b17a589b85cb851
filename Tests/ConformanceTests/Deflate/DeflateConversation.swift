import TestSupport
import WebSocketProtocol

/// Plays a case of groups 12 and 13: each message is echoed before the next one is sent.
struct DeflateConversation {
    let deflateCase: DeflateCase
    private let peer: PeerConnection
    private let deflate: RawDeflate
    private let inflate: RawInflate
    private let subjectKeepsContext: Bool

    /// - Parameters:
    ///   - deflateCase: The case to play.
    ///   - agreement: The limits of the compressors.
    ///   - peer: The peer, after the opening handshake.
    init(_ deflateCase: DeflateCase, _ agreement: DeflateAgreement, as peer: PeerConnection) throws {
        (self.deflateCase, self.peer) = (deflateCase, peer)
        self.subjectKeepsContext = agreement.ours.keepsContext
        let (own, others) = (agreement.peers, agreement.ours)
        self.deflate = try RawDeflate(windowBits: own.windowBits, keepsContext: own.keepsContext)
        self.inflate = try RawInflate(windowBits: others.windowBits, keepsContext: others.keepsContext)
    }

    /// Plays the case to its end.
    ///
    /// - Returns: One sentence for the first error; empty means that the case passed.
    func play() async throws -> [String] {
        for index in 0..<self.deflateCase.count {
            let complaints = try await self.roundTrip(index)
            guard complaints.isEmpty else { return complaints }
        }
        try await self.peer.send([.close(1000)])
        try await self.peer.awaitClose()
        if self.peer.subject == .client { await self.peer.endOutput() }
        try await self.peer.awaitEnd()
        let frames = self.peer.frames
        return frames == [.close(1000)] ? [] : ["after the last message came \(frames)"]
    }

    private func roundTrip(_ index: Int) async throws -> [String] {
        let (kind, size) = (self.deflateCase.kind, self.deflateCase.size)
        let payload = kind.payload(size, index: index)
        let message = PeerFrame(opcode: kind.opcode, payload: self.deflate.deflate(payload), reserved: 4)
        try await self.peer.send(PeerFrame.fragments(of: message, size: self.deflateCase.fragment ?? .max))
        let frames = try await self.peer.takeMessage()
        guard frames.last?.isFinal == true, frames.dropLast().allSatisfy({ !$0.isFinal }) else {
            return ["message \(index): more than its echo came: \(frames)"]
        }
        guard frames[0].opcode == kind.opcode, frames.dropFirst().allSatisfy({ $0.opcode == 0 }) else {
            return ["message \(index): the echo is \(frames)"]
        }
        let isCompressed = frames[0].reserved == 4
        // Without a context, compression may not make a small message smaller; then it is sent uncompressed.
        guard isCompressed || (!self.subjectKeepsContext && size < 256) else {
            return ["message \(index): the echo is not compressed"]
        }
        let echo = Array(frames.map(\.payload).joined())
        do {
            let text = isCompressed ? try self.inflate.inflate(echo, step: self.step(index)) : echo
            return text.isSame(as: payload) ? [] : ["message \(index): the echo has other bytes"]
        } catch {
            return ["message \(index): the echo breaks the agreement: \(error)"]
        }
    }

    /// The first messages are checked exactly; the others, to save time, to 64 bytes over the window.
    private func step(_ index: Int) -> Int { index < 3 && self.deflateCase.size <= 16_384 ? 1 : 64 }
}

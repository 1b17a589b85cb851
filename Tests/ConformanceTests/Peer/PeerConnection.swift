import TestSupport
import WebSocketProtocol

/// The attacking end of one connection: it sends what a script says and keeps the bytes that arrive.
final class PeerConnection {
    /// TCP ended before the awaited event.
    struct Missed: Error { var subject: String }

    private let raw: RawPeer
    /// The role of the side under test.
    let subject: Role
    private var scanner: FrameScanner
    private(set) var frames: [PeerFrame] = []

    init(_ raw: RawPeer, subject: Role) {
        (self.raw, self.subject) = (raw, subject)
        self.scanner = FrameScanner(isMasked: subject == .client)
    }

    /// Whether our frames are masked: the peer of a server is a client.
    private var masks: Bool { self.subject == .server }

    /// Allows RSV1 from now on.
    func allowCompression() { self.scanner.allowsCompression = true }

    // MARK: Sending

    func send(_ bytes: [UInt8]) async throws { try await self.raw.send(bytes) }

    func send(_ frames: [PeerFrame], _ chopping: PeerStep.Chopping = .whole) async throws {
        let bytes = frames.map { $0.bytes(masked: self.masks) }
        let writes: [[UInt8]] =
            switch chopping {
            case .whole: [Array(bytes.joined())]
            case .byFrame: bytes
            case .pieces(let size): Array(bytes.joined()).chunks(of: size)
            }
        for write in writes { try await self.raw.send(write) }
    }

    func sendPart(_ frame: PeerFrame, _ part: PeerStep.PartRange) async throws {
        let bytes = frame.bytes(masked: self.masks)
        let payloadStart = bytes.count - frame.payload.count
        switch part {
        case .first(let count): try await self.raw.send(Array(bytes[..<(payloadStart + count)]))
        case .next(let range):
            try await self.raw.send(Array(bytes[(payloadStart + range.lowerBound)..<(payloadStart + range.upperBound)]))
        }
    }

    /// Ends our direction.
    func endOutput() async { await self.raw.endOutput() }

    // MARK: Receiving

    /// Waits for the HTTP head.
    func receiveHead() async throws -> String {
        var head: String?
        try await self.receive("an HTTP head", readsFrames: false) {
            head = self.scanner.takeHead()
            return head != nil
        }
        return head ?? ""
    }

    /// Waits until this many frames have arrived in total.
    func awaitFrames(_ count: Int) async throws {
        try await self.receive("\(count) frames") { self.frames.count >= count }
    }

    /// Waits for a message and removes its frames.
    ///
    /// - Returns: All frames that have arrived; they belong to one message if nothing else was sent.
    func takeMessage() async throws -> [PeerFrame] {
        try await self.receive("a message") { self.frames.contains(where: \.isFinal) }
        defer { self.frames = [] }
        return self.frames
    }

    /// Waits for the Close frame.
    func awaitClose() async throws {
        try await self.receive("a Close frame") { self.frames.last?.opcode == 8 }
    }

    /// Waits until our side has ended its direction.
    func awaitEnd() async throws {
        try await self.receive("the end of TCP") { self.raw.isInputEnded }
        guard !self.scanner.hasRest else { throw FrameScanner.Malformed(message: "the last frame is cut") }
    }

    private func receive(_ subject: String, readsFrames: Bool = true, until isDone: () -> Bool) async throws {
        try self.takeArrived(readsFrames: readsFrames)
        guard !isDone() else { return }
        for await _ in self.raw.arrivals {
            try self.takeArrived(readsFrames: readsFrames)
            if isDone() { return }
            if self.raw.isInputEnded { break }
        }
        try Task.checkCancellation()
        // The last bytes arrive before the end.
        try self.takeArrived(readsFrames: readsFrames)
        guard isDone() else { throw Missed(subject: subject) }
    }

    private func takeArrived(readsFrames: Bool) throws {
        self.scanner.append(self.raw.takeReceived())
        guard readsFrames else { return }
        while let frame = try self.scanner.next() { self.frames.append(frame) }
    }
}

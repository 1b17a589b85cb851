import NIOCore
import WebSocketProtocol

/// The bytes that wait for a write, and the senders that wait for room: one burst of sends becomes one write.
///
/// ```
///            anything queued                 loop took it
///   idle ──────────────────────► scheduled ─────────────► writing ──► idle, or scheduled when more is queued
/// ```
///
/// A sender on any thread writes its frames directly into `pending` under the connection's lock, so frames never mix.
/// The event loop takes all of it at once. During one write, everything else collects for the next one.
struct OutboundQueue {
    /// Identifies a sender that waits for room.
    typealias SenderID = UInt64

    /// The bytes that the event loop writes at once.
    struct Write {
        var bytes: ByteBuffer
        /// The latest Ping in the bytes.
        var lastPing: PingLedger.ID?
        /// The counters for the bytes.
        var traffic: WebSocketTraffic
    }

    /// The result of a send.
    enum OnSend: Equatable {
        /// Queued; nothing to do.
        case queued
        /// Queued; the event loop must be told to flush.
        case queuedAndFlush
        /// No room: the sender waits until its id is released.
        case wait
        /// Our Close frame was sent or the connection ended, so nothing is sent.
        case refused
    }

    enum Phase { case idle, scheduled, writing, ended }

    struct Waiting {
        var id: SenderID
        var item: OutboundItem
    }

    let highMark: Int
    var phase = Phase.idle
    var writer: MessageWriter
    var closing = ClosingHandshake()
    var pending = ByteBuffer()
    /// The buffer of the last write, to be used again after it.
    private var spare = ByteBuffer()
    private var writingBytes = 0
    /// The number of all bytes that were queued; it is the position after the last frame.
    ///
    /// Frames are sent in order, so one position is enough to know which frames were sent.
    var queuedPlace = 0
    /// The position up to which the event loop has taken bytes for a write.
    private(set) var takenPlace = 0
    /// The position up to which the system has taken bytes.
    private(set) var writtenPlace = 0
    private var lastPing: PingLedger.ID?
    var waiting: [Waiting] = []
    /// Whether a message is being sent in parts; whole messages wait until it has ended (RFC 6455 §5.4).
    var isTurnTaken = false
    /// The latest Ping that could not be answered because the queue was full (RFC 6455 §5.5.3: only the latest needs a
    /// Pong).
    var owedPong: [UInt8]?

    init(writer: MessageWriter, highMark: Int) {
        self.writer = writer
        self.highMark = highMark
    }

    /// The bytes that the system has not yet taken.
    var queuedBytes: Int { self.pending.readableBytes + self.writingBytes }
    /// Whether the event loop was told to flush and has not begun.
    var isScheduled: Bool { self.phase == .scheduled }
    /// Whether the system has not yet taken all bytes of a write.
    var isWriteUnderWay: Bool { self.phase == .writing }
    /// Whether the system has taken everything.
    var isEmpty: Bool { self.queuedBytes == 0 && self.owedPong == nil }

    // MARK: What is sent

    /// Sends a message, or a part of one.
    ///
    /// - Parameters:
    ///   - item: The item; it is framed at once unless the sender must wait.
    ///   - id: Identifies the sender if it must wait.
    /// - Returns: The result of the send.
    mutating func send(_ item: OutboundItem, id: SenderID) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        let isNext = item.isPart || self.waiting.isEmpty && !self.isTurnTaken
        guard isNext, self.queuedBytes < self.highMark else {
            // The next part of a message that has begun goes before all others.
            self.waiting.insert(Waiting(id: id, item: item), at: item.isPart ? 0 : self.waiting.count)
            return .wait
        }
        self.append(item)
        return self.pending.readableBytes > 0 ? self.scheduled() : .queued
    }

    /// Sends a message of a sender that has already waited for room, also if others have used that room since.
    ///
    /// - Parameters:
    ///   - item: The message; it is framed at once. Only a message in parts is not interrupted by it.
    ///   - id: Identifies the message while it waits for the end of a message in parts.
    /// - Returns: The result of the send.
    mutating func sendWithoutWaiting(_ item: OutboundItem, id: SenderID) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        guard !self.isTurnTaken else {
            self.waiting.insert(Waiting(id: id, item: item), at: self.waiting.prefix(while: \.item.isPart).count)
            return .wait
        }
        self.append(item)
        return self.scheduled()
    }

    /// The sender of a message in parts gives up its turn without having sent a part.
    ///
    /// - Returns: The senders whose messages are queued now, and the result.
    mutating func returnTurn() -> (released: [SenderID], onSend: OnSend) {
        self.isTurnTaken = false
        guard self.phase != .ended else { return ([], .queued) }
        let released = self.admitWaiting()
        return (released, self.pending.readableBytes > 0 ? self.scheduled() : .queued)
    }

    /// Removes a waiting sender; its message is not sent.
    ///
    /// - Returns: Whether it still waited.
    mutating func giveUp(_ id: SenderID) -> Bool {
        guard let index = self.waiting.firstIndex(where: { $0.id == id }) else { return false }
        self.waiting.remove(at: index)
        return true
    }

    /// Sends a Ping, also if the queue is full.
    mutating func sendPing(_ id: PingLedger.ID, payload: [UInt8]) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        self.append(.ping, payload: payload)
        self.lastPing = id
        return self.scheduled()
    }

    /// Answers the peer's Ping.
    ///
    /// While the peer does not read, only the latest Ping is kept, so that a flood of Pings does not use more memory.
    mutating func sendPong(_ payload: [UInt8]) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        guard self.writingBytes == 0, self.pending.readableBytes < Self.maximumPongBytes else {
            self.owedPong = payload
            return .queued
        }
        self.append(.pong, payload: payload)
        return self.scheduled()
    }

    /// The maximum size of Pongs that are sent one by one after a read; beyond it only the latest Ping is answered.
    private static let maximumPongBytes = 16 * 1024

    /// Sends bytes that were not framed here, for a mock server.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - areFrames: True for whole frames, which are not sent after a Close frame; false for bytes that may break any
    ///     rule.
    /// - Returns: The result of the send.
    mutating func sendRaw(_ bytes: [UInt8], areFrames: Bool) -> OnSend {
        guard self.phase != .ended, !areFrames || self.closing.allowsSending else { return .refused }
        guard !bytes.isEmpty else { return .queued }
        self.queuedPlace += self.pending.writeBytes(bytes)
        return self.scheduled()
    }

    /// Takes a step of the closing handshake.
    ///
    /// - Parameter step: Decides from the state of the handshake whether a Close frame is sent.
    /// - Returns: The result of the send; `queued` if there is no frame.
    mutating func close(_ step: (inout ClosingHandshake) -> ClosingHandshake.OnClose) -> OnSend {
        guard self.phase != .ended else { return .queued }
        self.appendOwedPong()
        guard case .send(let frame) = step(&self.closing) else { return .queued }
        self.append(.close, payload: frame.payload)
        return self.scheduled()
    }

    // MARK: What the event loop does

    /// Takes the queued bytes when the event loop is ready to write.
    ///
    /// - Returns: All queued bytes; nil if there are none, or if a write is in progress.
    mutating func beginWrite() -> Write? {
        guard self.phase == .scheduled, self.pending.readableBytes > 0 else { return nil }
        self.phase = .writing
        self.writingBytes = self.pending.readableBytes
        self.takenPlace = self.queuedPlace
        var traffic = self.writer.takeTraffic()
        traffic.wireBytes = self.writingBytes
        let write = Write(bytes: self.pending, lastPing: self.lastPing, traffic: traffic)
        swap(&self.spare, &self.pending)
        self.pending = ByteBuffer()
        self.lastPing = nil
        return write
    }

    /// The system took the write.
    ///
    /// - Returns: The senders whose messages are queued now, and whether to write again.
    mutating func endWrite() -> (released: [SenderID], writeAgain: Bool) {
        guard self.phase == .writing else { return ([], false) }
        self.writingBytes = 0
        self.writtenPlace = self.takenPlace
        self.phase = .idle
        if self.spare.capacity > Self.maximumKeptBytes { self.spare = ByteBuffer() }
        self.appendOwedPong()
        let released = self.admitWaiting()
        guard self.pending.readableBytes > 0 else { return (released, false) }
        self.phase = .scheduled
        return (released, true)
    }

    /// A buffer up to this size is used again; a larger one is freed, so that an idle connection needs little memory.
    private static let maximumKeptBytes = 64 * 1024

    /// Uses the buffer of the last write again, after its other owners have released it.
    mutating func reuseBuffer() {
        guard self.pending.capacity == 0, self.phase != .writing else { return }
        swap(&self.pending, &self.spare)
        self.pending.clear()
    }

    /// The connection ended.
    ///
    /// - Returns: The senders that waited; their messages are not sent.
    mutating func end() -> [SenderID] {
        self.phase = .ended
        (self.pending, self.spare) = (ByteBuffer(), ByteBuffer())
        self.writingBytes = 0
        self.owedPong = nil
        return self.dropWaiting()
    }

    /// Our Close frame is queued, so waiting senders fail.
    ///
    /// - Returns: The senders that waited; their messages are not sent.
    mutating func dropWaiting() -> [SenderID] {
        defer { self.waiting = [] }
        return self.waiting.map(\.id)
    }
}

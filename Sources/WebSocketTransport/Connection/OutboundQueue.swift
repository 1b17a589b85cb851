import NIOCore
import WebSocketProtocol

/// What waits to be written, and who waits for room: one burst of sends becomes one write.
///
/// ```
///            anything queued                 loop took it
///   idle ──────────────────────► scheduled ─────────────► writing ──► idle, or scheduled when more is queued
/// ```
///
/// Senders on any thread frame straight into `pending` under the connection's lock, so frames never interleave; the
/// event loop takes all of it at once. While one write is on its way everything else collects behind it.
struct OutboundQueue {
    /// Names a sender that waits for room.
    typealias SenderID = UInt64

    /// What the event loop writes at once.
    struct Write {
        var bytes: ByteBuffer
        /// The latest Ping among them.
        var lastPing: PingLedger.ID?
        /// What it holds.
        var traffic: WebSocketTraffic
    }

    /// What a send leads to.
    enum OnSend: Equatable {
        /// Queued; nothing to do.
        case queued
        /// Queued; the event loop must be told to flush.
        case queuedAndFlush
        /// No room: the sender waits until its id is released.
        case wait
        /// Our Close frame was sent, or the connection ended: not sent.
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
    /// The buffer of the last write, for use again when that is over.
    private var spare = ByteBuffer()
    private var writingBytes = 0
    /// The bytes that were ever queued: the place behind the last frame.
    ///
    /// Frames leave in order, so a place tells what became of all before it.
    var queuedPlace = 0
    /// The place up to which the event loop has taken bytes to write them.
    private(set) var takenPlace = 0
    /// The place up to which the system has taken them.
    private(set) var writtenPlace = 0
    private var lastPing: PingLedger.ID?
    var waiting: [Waiting] = []
    /// Whether someone sends a message in parts: whole messages wait until it ended (RFC 6455 §5.4).
    var isTurnTaken = false
    /// The latest Ping of the peer that found the queue full (RFC 6455 §5.5.3: only the latest needs its Pong).
    var owedPong: [UInt8]?

    init(writer: MessageWriter, highMark: Int) {
        self.writer = writer
        self.highMark = highMark
    }

    /// The bytes that were not handed to the system yet.
    var queuedBytes: Int { self.pending.readableBytes + self.writingBytes }
    /// Whether the event loop has been told to flush and has not begun.
    var isScheduled: Bool { self.phase == .scheduled }
    /// Whether the system has not taken all of a write yet.
    var isWriteUnderWay: Bool { self.phase == .writing }
    /// Whether everything was handed to the system.
    var isEmpty: Bool { self.queuedBytes == 0 && self.owedPong == nil }

    // MARK: What is sent

    /// A message, or a part of one, is to be sent.
    ///
    /// - Parameters:
    ///   - item: What to send; framed at once unless the sender must wait.
    ///   - id: Names the sender if it must wait.
    /// - Returns: What the send leads to.
    mutating func send(_ item: OutboundItem, id: SenderID) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        let isNext = item.isPart || self.waiting.isEmpty && !self.isTurnTaken
        guard isNext, self.queuedBytes < self.highMark else {
            // The part of a message that was begun goes before all others.
            self.waiting.insert(Waiting(id: id, item: item), at: item.isPart ? 0 : self.waiting.count)
            return .wait
        }
        self.append(item)
        return self.pending.readableBytes > 0 ? self.scheduled() : .queued
    }

    /// Who may send a message in parts has sent none, and will not.
    ///
    /// - Returns: The senders whose messages are queued now, and what that leads to.
    mutating func returnTurn() -> (released: [SenderID], onSend: OnSend) {
        self.isTurnTaken = false
        guard self.phase != .ended else { return ([], .queued) }
        let released = self.admitWaiting()
        return (released, self.pending.readableBytes > 0 ? self.scheduled() : .queued)
    }

    /// A waiting sender gave up; its message is not sent.
    ///
    /// - Returns: Whether it still waited.
    mutating func giveUp(_ id: SenderID) -> Bool {
        guard let index = self.waiting.firstIndex(where: { $0.id == id }) else { return false }
        self.waiting.remove(at: index)
        return true
    }

    /// A Ping of ours is to be sent, whatever is queued.
    mutating func sendPing(_ id: PingLedger.ID, payload: [UInt8]) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        self.append(.ping, payload: payload)
        self.lastPing = id
        return self.scheduled()
    }

    /// The peer's Ping is to be answered.
    ///
    /// While the peer does not read, only the latest one is kept: memory stays bounded under a flood.
    mutating func sendPong(_ payload: [UInt8]) -> OnSend {
        guard self.phase != .ended, self.closing.allowsSending else { return .refused }
        guard self.writingBytes == 0, self.pending.readableBytes < Self.pongRoom else {
            self.owedPong = payload
            return .queued
        }
        self.append(.pong, payload: payload)
        return self.scheduled()
    }

    /// Pongs of one read that are answered one by one; beyond it they collapse into the latest.
    private static let pongRoom = 16 * 1024

    /// Bytes that were not framed here are to be sent as they are: for a mock server.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - areFrames: Whether they are whole frames, which nobody may send after a Close frame; else they may break any
    ///     rule.
    /// - Returns: What the send leads to.
    mutating func sendRaw(_ bytes: [UInt8], areFrames: Bool) -> OnSend {
        guard self.phase != .ended, !areFrames || self.closing.allowsSending else { return .refused }
        guard !bytes.isEmpty else { return .queued }
        self.queuedPlace += self.pending.writeBytes(bytes)
        return self.scheduled()
    }

    /// A step of the closing handshake.
    ///
    /// - Parameter step: Decides by the state of the handshake whether a Close frame is sent.
    /// - Returns: What the send leads to; `queued` when there is none.
    mutating func close(_ step: (inout ClosingHandshake) -> ClosingHandshake.OnClose) -> OnSend {
        guard self.phase != .ended else { return .queued }
        self.appendOwedPong()
        guard case .send(let frame) = step(&self.closing) else { return .queued }
        self.append(.close, payload: frame.payload)
        return self.scheduled()
    }

    // MARK: What the event loop does

    /// The event loop is ready to write.
    ///
    /// - Returns: All that is queued, or nil when there is nothing, or a write is on its way.
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
        if self.spare.capacity > Self.keptCapacity { self.spare = ByteBuffer() }
        self.appendOwedPong()
        let released = self.admitWaiting()
        guard self.pending.readableBytes > 0 else { return (released, false) }
        self.phase = .scheduled
        return (released, true)
    }

    /// A buffer up to this size is used again, a larger one is freed: an idle connection holds little.
    private static let keptCapacity = 64 * 1024

    /// Uses the buffer of the last write again, now that nobody else has it.
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

    /// Our Close frame is queued: who waits for room waits in vain.
    ///
    /// - Returns: The senders that waited; their messages are not sent.
    mutating func dropWaiting() -> [SenderID] {
        defer { self.waiting = [] }
        return self.waiting.map(\.id)
    }
}

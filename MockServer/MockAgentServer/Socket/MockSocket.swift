import ConcurrencyPrimitives
import NIOCore
import WebSocketProtocol

/// One open WebSocket of the mock server; any task may use it.
///
/// It does not keep to the RFC where agentctl does not: after the closing handshake the TCP connection stays open until
/// the next event, and a deaf socket reads nothing more.
final class MockSocket: Sendable {
    private struct State {
        var pending = ByteBuffer()
        var writer: MessageWriter
        /// Bytes that the system has not yet taken, `pending` included.
        var queuedBytes = 0
        var isFlushScheduled = false
        var sentClose: CloseFrame?
        var receivedClose: CloseFrame?
        var isEnded = false
        var isDeaf = false
        var pingsToIgnore = 0
        var nextPing: UInt64 = 0
        var pings: [[UInt8]: Promise<Bool>] = [:]
        var whenWritten: (@Sendable () -> Void)?
    }

    /// A sender that can wait does so above this number of queued bytes.
    private static let highMark = 1024 * 1024

    let terms: SocketTerms
    /// Whether messages can be compressed.
    let hasCompression: Bool
    /// Resolves when the TCP connection has ended.
    let closed = Promise<SocketEnd>()

    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<FrameHandler?>
    private let state: Locked<State>
    /// Changes whenever the system has taken bytes, and at the end.
    private let progress = Watched(0)

    init(terms: SocketTerms, deflate: NegotiatedDeflate?, eventLoop: any EventLoop) {
        (self.terms, self.eventLoop, self.hasCompression) = (terms, eventLoop, deflate != nil)
        self.handler = NIOLoopBoundBox.makeEmptyBox(eventLoop: eventLoop)
        let writer = MessageWriter(
            role: .server,
            configuration: terms.compression ?? PermessageDeflate(),
            deflate: deflate
        )
        self.state = Locked(State(writer: writer))
    }

    var queuedBytes: Int { self.state.withLock { $0.queuedBytes } }
    var hasEnded: Bool { self.state.withLock { $0.isEnded } }
    var isDeaf: Bool { self.state.withLock { $0.isDeaf } }

    // MARK: Sending

    /// Queues whole frames that were made elsewhere; never waits.
    ///
    /// After a closing handshake, this is the write at which agentctl notices it, so the TCP connection ends.
    func sendFrames(_ bytes: [UInt8]) { self.queue { $0.pending.writeBytes(bytes) } }

    /// Queues bytes that may not be a frame.
    func sendRaw(_ bytes: [UInt8]) { self.sendFrames(bytes) }

    /// Queues one message.
    func queue(_ message: WebSocketMessage, compression: MessageCompression = .never) {
        self.queue { state in
            message.bytes.withUnsafeBytes { payload in
                let frame = state.writer.message(message.kind, payload, compression: compression)
                Self.append(frame, to: &state)
            }
        }
    }

    /// Queues one message, and waits while the client does not read.
    ///
    /// - Throws: ``SocketEnded``; `CancellationError`.
    func send(_ message: WebSocketMessage, compression: MessageCompression = .never) async throws {
        self.queue(message, compression: compression)
        try await self.waitForRoom()
    }

    /// Queues a control frame, also after a text that was not JSON.
    func queueControl(_ opcode: Opcode, _ payload: [UInt8]) {
        self.queue { state in
            payload.withUnsafeBytes { Self.append(state.writer.control(opcode, $0), to: &state) }
        }
    }

    private static func append(_ frame: MessageWriter.Frame, to state: inout State) {
        state.pending.writeWithUnsafeMutableBytes(minimumWritableBytes: frame.sizeBound) {
            state.writer.write(frame, into: $0)
        }
    }

    private func queue(_ change: (inout State) -> Void) {
        let (needsFlush, isOver) = self.state.withLock { state in
            guard !state.isEnded, state.sentClose == nil else {
                return (false, state.receivedClose != nil && !state.isEnded)
            }
            return (Self.change(&state, change), false)
        }
        if needsFlush { self.requestFlush() }
        if isOver { self.abort() }
    }

    /// - Returns: Whether a flush must be scheduled.
    private static func change(_ state: inout State, _ change: (inout State) -> Void) -> Bool {
        let before = state.pending.readableBytes
        change(&state)
        state.queuedBytes += state.pending.readableBytes - before
        defer { state.isFlushScheduled = true }
        return !state.isFlushScheduled
    }

    private func requestFlush() { self.eventLoop.execute { self.handler.value?.flush() } }

    /// Waits while the client does not read.
    ///
    /// - Throws: ``SocketEnded``; `CancellationError`.
    func waitForRoom() async throws {
        guard !self.hasEnded else { throw SocketEnded() }
        guard self.queuedBytes >= Self.highMark else { return }
        try await self.progress.wait { [self] _ in self.hasEnded || self.queuedBytes < Self.highMark }
        guard !self.hasEnded else { throw SocketEnded() }
    }

    /// Sets what is called after the system has taken bytes.
    func whenWritten(_ use: @escaping @Sendable () -> Void) { self.state.withLock { $0.whenWritten = use } }

    // MARK: Pings

    /// Sends a Ping, and waits for its Pong.
    ///
    /// - Returns: Whether the Pong came before the end.
    func ping() async throws -> Bool {
        let answer = Promise<Bool>()
        let payload = self.state.withLock { state -> [UInt8]? in
            guard !state.isEnded else { return nil }
            state.nextPing += 1
            let payload = Array("mock-\(state.nextPing)".utf8)
            state.pings[payload] = answer
            return payload
        }
        guard let payload else { return false }
        self.queueControl(.ping, payload)
        return try await answer.waitUnlessCancelled()
    }

    func receivedPong(_ payload: [UInt8]) {
        self.state.withLock { $0.pings.removeValue(forKey: payload) }?.resolve(true)
    }

    /// Leaves the next Pings of the client unanswered.
    func ignorePings(_ count: Int) { self.state.withLock { $0.pingsToIgnore += count } }

    /// Whether a Ping that has just come is answered.
    func answersPing() -> Bool {
        self.state.withLock { state in
            guard state.pingsToIgnore > 0 else { return true }
            state.pingsToIgnore -= 1
            return false
        }
    }

    // MARK: Reading

    /// Reads nothing more until the end, as agentctl after a text that is not JSON.
    func deafen() {
        self.state.withLock { $0.isDeaf = true }
        self.pauseReading()
    }

    /// Stops reading the socket, so that not even a Ping or a Close frame is seen.
    func pauseReading() { self.eventLoop.execute { self.handler.value?.setReading(false) } }

    /// Reads the socket again.
    func resumeReading() { self.eventLoop.execute { self.handler.value?.setReading(true) } }

    // MARK: Closing

    /// Sends a Close frame, waits for the client's, and ends the TCP connection; the time is limited.
    @discardableResult
    func close(_ code: CloseCode = .normalClosure, reason: String = "") async -> SocketEnd {
        self.beginClose(CloseFrame(code, reason: reason))
        return await self.closed.wait()
    }

    /// Queues our Close frame, if there is none yet.
    func beginClose(_ frame: CloseFrame) {
        let needsFlush = self.state.withLock { state in
            guard !state.isEnded, state.sentClose == nil else { return false }
            state.sentClose = frame
            return Self.change(&state) { Self.append(frame, to: &$0) }
        }
        if needsFlush { self.requestFlush() }
        let timeout = self.terms.closeTimeout
        self.eventLoop.execute { self.handler.value?.end(in: timeout) }
    }

    /// - Returns: Whether it answers our own Close frame.
    func receivedClose(_ frame: CloseFrame) -> Bool {
        self.state.withLock { state in
            state.receivedClose = frame
            guard state.sentClose == nil else { return true }
            // gorilla answers with the code and without the reason.
            let answer = frame.code.map { CloseFrame($0) } ?? .empty
            state.sentClose = answer
            _ = Self.change(&state) { Self.append(answer, to: &$0) }
            return false
        }
    }

    private static func append(_ frame: CloseFrame, to state: inout State) {
        frame.payload.withUnsafeBytes { Self.append(state.writer.control(.close, $0), to: &state) }
    }

    /// Ends the TCP connection without a Close frame.
    func abort() { self.eventLoop.execute { self.handler.value?.abort() } }

    // MARK: On the event loop

    func attach(_ handler: FrameHandler) { self.handler.value = handler }

    func takePending() -> ByteBuffer {
        self.state.withLock { state in
            state.isFlushScheduled = false
            defer { state.pending = ByteBuffer() }
            return state.pending
        }
    }

    func wrote(_ count: Int) {
        let use = self.state.withLock { state in
            state.queuedBytes -= count
            return state.whenWritten
        }
        self.progress.update { $0 &+= 1 }
        use?()
    }

    func ended() {
        self.handler.value = nil
        let (end, pings) = self.state.withLock { state in
            state.isEnded = true
            state.pending = ByteBuffer()
            defer { state.pings = [:] }
            return (SocketEnd(sent: state.sentClose, received: state.receivedClose), Array(state.pings.values))
        }
        for ping in pings { ping.resolve(false) }
        self.progress.update { $0 &+= 1 }
        self.closed.resolve(end)
    }
}

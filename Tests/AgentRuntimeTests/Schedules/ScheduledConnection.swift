import AgentRuntime
import ConcurrencyPrimitives
import TestSupport
import WebSocketProtocol
import WebSocketTransport

/// A connection in memory; all actions of its peer and its socket are events of the schedule.
final class ScheduledConnection: RuntimeConnection {
    private struct State {
        var pending: [(text: String, receipt: SendReceipt)] = []
        var sent: [String] = []
        var failsSends = false
        var waiting: [Promise<Result<Void, any Error>>] = []
        var delivered: [Int64] = []
    }

    let number: Int
    private let schedule: Schedule
    let inbound = BatchMailbox<MessageBatch>(
        highMark: .init(bytes: 1 << 30, elements: 1 << 30),
        lowShare: 0.5,
        onRoom: {}
    )
    private let closed = Promise<WebSocketClosure>()
    private let state = Locked(State())

    init(number: Int, schedule: Schedule) { (self.number, self.schedule) = (number, schedule) }

    var latency: Duration? { nil }
    var isClosed: Bool { self.closed.value != nil }
    /// How the connection ended.
    var closure: WebSocketClosure? { self.closed.value }
    /// The frames that were sent.
    var sent: [String] { self.state.withLock { $0.sent } }
    var failsSends: Bool { self.state.withLock { $0.failsSends } }
    /// The timestamps of the events that came while the connection was open.
    var delivered: [Int64] { self.state.withLock { $0.delivered } }

    // MARK: Actions of the client

    func waitForRoom() async throws {
        guard self.schedule.executor.draw(below: 4) == 0 else { return }
        let room = Promise<Result<Void, any Error>>()
        let isWaiting = self.state.withLock { state in
            guard !self.isClosed else { return false }
            state.waiting.append(room)
            return true
        }
        guard isWaiting else { throw WebSocketError(.closed, "over") }
        self.schedule.post("connection \(self.number) has room") { room.resolve(.success(())) }
        try await room.wait().get()
    }

    func queue(_ message: WebSocketMessage, receipt: @escaping SendReceipt) throws {
        let error = self.state.withLock { state -> (any Error)? in
            if self.isClosed { return WebSocketError(.closed, "over") }
            if state.failsSends { return ScriptedError.sendFailed }
            state.pending.append((message.text ?? "", receipt))
            return nil
        }
        if let error { throw error }
        self.schedule.post("the system takes what connection \(self.number) has queued") { self.write() }
    }

    private func write() {
        let written = self.state.withLock { state in
            defer { state.pending = [] }
            state.sent += state.pending.map(\.text)
            return state.pending
        }
        for (_, receipt) in written { receipt(.success(())) }
    }

    func close(_ code: CloseCode) async {
        // If the peer does not answer, the deadline of the close ends the connection.
        if self.schedule.executor.draw(below: 3) != 0 {
            self.schedule.post("the server answers the close of \(self.number)") {
                // The peer answers after it has received everything that we sent.
                if !self.isClosed { self.write() }
                self.end(.closingHandshake, sent: CloseFrame(code), received: CloseFrame(code))
            }
        }
        _ = await self.closed.wait()
    }

    func abort(after delay: Duration) {
        if delay == .zero {
            self.schedule.post("connection \(self.number) is cut") { self.end(.aborted) }
        } else {
            self.schedule.executor.post(after: delay) {
                guard !self.isClosed else { return }
                self.schedule.note("the deadline cuts connection \(self.number)")
                self.end(.aborted)
            }
        }
    }

    func waitUntilClosed() async -> WebSocketClosure { await self.closed.wait() }

    // MARK: Actions of the peer and the network

    /// Delivers events from the peer, all in one read.
    func deliver(_ timestamps: Range<Int64>, type: String) {
        guard !self.isClosed else { return }
        var writer = FrameWriter(role: .server)
        var reader = MessageReader(role: .client)
        var batch = InboundBatch()
        let bytes = timestamps.flatMap { timestamp in
            writer.frame(.text, payload: Array(#"{"type":"\#(type)","timestamp":\#(timestamp),"data":"x"}"#.utf8))
        }
        bytes.withUnsafeBytes { reader.receive($0, into: &batch) }
        self.state.withLock { $0.delivered += timestamps }
        self.inbound.push(MessageBatch(batch), cost: .init(bytes: batch.byteCount, elements: batch.count))
    }

    func failSends() { self.state.withLock { $0.failsSends = true } }

    func end(_ cause: WebSocketClosure.Cause, sent: CloseFrame? = nil, received: CloseFrame? = nil) {
        guard !self.isClosed else { return }
        let closure = WebSocketClosure(cause: cause, sent: sent, received: received)
        self.inbound.finish(closure.error)
        let (waiting, pending) = self.state.withLock { state in
            defer { (state.waiting, state.pending) = ([], []) }
            return (state.waiting, state.pending)
        }
        for sender in waiting { sender.resolve(.failure(WebSocketError(.closed, "over"))) }
        for (text, receipt) in pending { self.lose(text, receipt) }
        self.closed.resolve(closure)
    }

    /// Loses a frame that was being sent: the peer has it or not, or it was never sent.
    private func lose(_ text: String, _ receipt: @escaping SendReceipt) {
        let fate = self.schedule.executor.draw(below: 3)
        if fate == 0 { self.state.withLock { $0.sent.append(text) } }
        receipt(.failure(WebSocketError(fate == 2 ? .closed : .deliveryUnknown, "over")))
    }
}

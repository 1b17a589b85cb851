import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// One client on the workspace stream: the attach sequence, the shell's echo, and the output of a scenario.
final class StreamConnection: Sendable {
    /// Keeps frames of several senders apart: while a frame is split, or the server stalls, other output is held back.
    private struct Output {
        var isHeld = false
        var held: [UInt8] = []
    }

    /// Replies and broadcasts are dropped above this number of queued bytes, as agentctl does when its channels are
    /// full.
    private static let queueLimit = 4 * 1024 * 1024

    let attempt: Int
    let connection: WebSocketConnection
    let style: FrameStyle
    /// The number of commands of each type from the client.
    let commands = Watched<[WorkspaceMessageType: Int]>([:])
    private let hasShell: Bool
    private let ledger: ServerLedger
    private let output = Locked(Output())

    init(
        attempt: Int,
        connection: WebSocketConnection,
        configuration: MockServerConfiguration,
        ledger: ServerLedger
    ) {
        (self.attempt, self.connection, self.ledger) = (attempt, connection, ledger)
        (self.style, self.hasShell) = (configuration.frameStyle, configuration.hasShell)
    }

    /// Whether the server neither reads nor writes; then it closes without a handshake.
    var isHeld: Bool { self.output.withLock { $0.isHeld } }

    // MARK: Sending

    /// Queues `connected` and one `git_status` per repository.
    func sendAttachSequence(_ repositories: [MockRepository]) {
        self.post(.connected)
        for repository in repositories { self.post(.gitStatus(repository.status(timestamp: WallClock.timestamp))) }
    }

    /// Queues an event without waiting; drops it if the client does not read.
    ///
    /// - Returns: Whether the event is queued or held back.
    @discardableResult
    func post(_ content: WorkspaceEvent.Content) -> Bool {
        self.post(WorkspaceEvent(content, timestamp: WallClock.milliseconds))
    }

    @discardableResult
    func post(_ event: WorkspaceEvent) -> Bool {
        var block = FrameBlock()
        block.append(event, style: self.style)
        return self.output.withLock { output in
            guard self.connection.queuedSendBytes + output.held.count < Self.queueLimit else { return false }
            // This only queues and never calls back, so the lock may be held. It must be held, or a split could begin
            // in between.
            if output.isHeld { output.held += block.bytes } else { self.connection.sendFrames(block.bytes) }
            return true
        }
    }

    /// Sends frames, and waits while the client does not read.
    ///
    /// - Parameters:
    ///   - frames: Frames that are sent unchanged.
    ///   - last: A message after them, which waits until the queue has room. Without it, a full queue makes this wait
    ///     for the answer to a Ping, because the transport lets only messages wait, not raw bytes.
    /// - Throws: `WebSocketError` if the connection has ended; `CancellationError`.
    func send(_ frames: [UInt8], last: WebSocketMessage? = nil) async throws {
        if !frames.isEmpty { self.connection.sendFrames(frames) }
        if let last { return try await self.connection.send(last, compression: .never) }
        guard self.connection.queuedSendBytes >= Self.queueLimit else { return try self.throwIfClosed() }
        _ = try await self.connection.ping()
    }

    private func throwIfClosed() throws {
        guard let closure = self.connection.closure else { return }
        throw closure.error ?? WebSocketError(.closed, "The connection is closed.")
    }

    /// Holds back the output of other senders until ``releaseOutput()``.
    func holdOutput() { self.output.withLock { $0.isHeld = true } }

    /// Sends the output that was held back.
    func releaseOutput() {
        self.output.withLock { output in
            output.isHeld = false
            guard !output.held.isEmpty else { return }
            self.connection.sendFrames(output.held)
            output.held = []
        }
    }

    // MARK: Receiving

    /// Answers commands until the connection has ended.
    func receive() async {
        do {
            for try await message in self.connection.messages {
                guard self.receive(message) else { break }
            }
            // agentctl stops reading at the first text that is not JSON, but continues to send.
            for try await _ in self.connection.messages {}
        } catch {
            // The connection has failed or the server is being stopped. In both cases nothing more comes.
        }
    }

    /// - Returns: Whether the message could be read.
    private func receive(_ message: WebSocketMessage) -> Bool {
        let event = message.bytes.withUnsafeBytes { WorkspaceEventDecoder().decode($0) }
        self.reply(to: event)
        self.ledger.received(ReceivedCommand(attempt: self.attempt, event: event))
        self.commands.update { $0[event.type, default: 0] += 1 }
        if case .malformed = event.content { return false }
        return true
    }

    private func reply(to event: WorkspaceEvent) {
        switch event.content {
        case .ping: self.post(.pong)
        case .shellInput(let text) where self.hasShell: self.post(.shellOutput(text))
        default: break
        }
    }
}

import ConcurrencyPrimitives
import WebSocketProtocol
import WorkspaceProtocol

/// One client on the workspace stream: the attach sequence, the shell's echo, and the output of a scenario.
final class StreamConnection: Sendable {
    /// Keeps frames of several senders apart: while a frame is split, or the server stalls, other output is held back.
    private struct Output {
        var isHeld = false
        var held: [UInt8] = []
        /// The channels; nil if only ``queueLimit`` counts.
        var channels: ForwardChannels?
        /// The number of messages so far, the lost ones included.
        var count = 0
        var sent = 0
        var dropped = 0
        var pingCommandsToIgnore: Int
    }

    /// Replies and broadcasts are dropped above this number of queued bytes, as agentctl does when its channels are
    /// full.
    private static let queueLimit = 4 * 1024 * 1024
    /// With channels, frames wait in them above this number of queued bytes.
    private static let forwardLimit = 64 * 1024

    let attempt: Int
    let socket: MockSocket
    let style: FrameStyle
    /// The number of commands of each type from the client.
    let commands = Watched<[WorkspaceMessageType: Int]>([:])
    let faults: MockFaults
    /// Whether there was a shell when the client attached; agentctl never looks again.
    let hasShell: Bool
    private let workspace: MockWorkspace
    private let ledger: ServerLedger
    private let output: Locked<Output>

    init(
        attempt: Int,
        socket: MockSocket,
        style: FrameStyle,
        workspace: MockWorkspace,
        faults: MockFaults,
        slots: ChannelSlots?,
        ledger: ServerLedger
    ) {
        (self.attempt, self.socket, self.style, self.ledger) = (attempt, socket, style, ledger)
        (self.workspace, self.faults, self.hasShell) = (workspace, faults, workspace.shell.isRunning)
        // Everything is held back until the attach sequence is queued.
        self.output = Locked(
            Output(
                isHeld: true,
                channels: slots.map(ForwardChannels.init),
                pingCommandsToIgnore: faults.ignoredPingCommands
            )
        )
        socket.ignorePings(faults.ignoredPings)
        if slots != nil { socket.whenWritten { [weak self] in self?.forward() } }
    }

    /// Whether the server neither reads nor writes; then it closes without a handshake.
    var isHeld: Bool { self.output.withLock { $0.isHeld } || self.socket.isDeaf }

    // MARK: Sending

    /// What was queued for the client, and what was dropped because it did not read.
    var counts: StreamCounts {
        self.output.withLock { StreamCounts(attempt: self.attempt, sent: $0.sent, dropped: $0.dropped) }
    }

    /// Registers the stream, and queues `connected` and one `git_status` per repository.
    ///
    /// An event that others post meanwhile is held back until then. So what they post before the registration is in the
    /// rings when the client sees `connected`, and everything else follows.
    ///
    /// - Parameter repositories: The repositories; nil for a stream without attach sequence.
    func attach(_ repositories: [MockRepository]?) {
        self.ledger.attached(self)
        if repositories != nil { self.sendNow(.connected) }
        for repository in repositories ?? [] where self.faults.replay != .missing {
            let status = self.workspace.git.current(repository)
            self.sendNow(.gitStatus(self.faults.replay == .placeholder ? .placeholder(of: status) : status))
        }
        self.releaseOutput()
    }

    /// Queues an event before everything that is held back.
    private func sendNow(_ content: WorkspaceEvent.Content) {
        var block = FrameBlock()
        block.append(WorkspaceEvent(content, timestamp: WallClock.milliseconds), style: self.style)
        self.output.withLock { output in
            guard self.countsAsSent(&output) else { return }
            self.socket.sendFrames(block.bytes)
        }
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
        let isShell = if case .shellOutput = event.content { true } else { false }
        return self.output.withLock { output in
            guard self.countsAsSent(&output) else { return true }
            let isQueued = self.queue(block.bytes, isShell: isShell, &output)
            if isQueued { output.sent += 1 } else { output.dropped += 1 }
            return isQueued
        }
    }

    /// Queues a frame, or lets it wait.
    ///
    /// This only queues and never calls back, so the lock of the output may be held. It must be held, or a split could
    /// begin in between.
    ///
    /// - Returns: False if there is no room.
    private func queue(_ frame: [UInt8], isShell: Bool, _ output: inout Output) -> Bool {
        if let channels = output.channels {
            guard output.isHeld || !channels.isEmpty || self.socket.queuedBytes >= Self.forwardLimit else {
                self.socket.sendFrames(frame)
                return true
            }
            return output.channels?.put(frame, isShell: isShell) ?? false
        }
        guard self.socket.queuedBytes + output.held.count < Self.queueLimit else { return false }
        if output.isHeld { output.held += frame } else { self.socket.sendFrames(frame) }
        return true
    }

    /// Sends what waits in the channels, as long as the client reads.
    private func forward() {
        self.output.withLock { output in
            while !output.isHeld, self.socket.queuedBytes < Self.forwardLimit, let frame = output.channels?.next() {
                self.socket.sendFrames(frame)
            }
        }
    }

    /// Sends the first half of a message, and ends the socket.
    func cut(_ event: WorkspaceEvent) {
        var block = FrameBlock()
        block.append(event, style: self.style)
        self.output.withLock { output in
            if !output.isHeld { self.socket.sendRaw(Array(block.bytes.prefix(block.bytes.count / 2))) }
        }
        self.socket.abort()
    }

    /// Sends an event of the scenario, and waits while the client does not read.
    func send(_ event: WorkspaceEvent) async throws {
        self.workspace.observe(event)
        var block = FrameBlock()
        block.append(event, style: self.style)
        guard self.output.withLock({ self.countsAsSent(&$0) }) else { return }
        try await self.send(block.bytes)
    }

    /// Counts a message.
    ///
    /// - Returns: Whether it is sent; false if it is one that is lost.
    private func countsAsSent(_ output: inout Output) -> Bool {
        defer { output.count += 1 }
        return !self.faults.lostMessages.contains(output.count)
    }

    /// Sends frames, and waits while the client does not read.
    ///
    /// - Throws: ``SocketEnded`` if the connection has ended; `CancellationError`.
    func send(_ frames: [UInt8]) async throws {
        self.socket.sendFrames(frames)
        try await self.socket.waitForRoom()
    }

    /// Keeps an event that a step sends in its own way.
    func observe(_ event: WorkspaceEvent) { self.workspace.observe(event) }

    /// Holds back the output of other senders until ``releaseOutput()``.
    func holdOutput() { self.output.withLock { $0.isHeld = true } }

    /// Sends the output that was held back.
    func releaseOutput() {
        self.output.withLock { output in
            output.isHeld = false
            guard !output.held.isEmpty else { return }
            self.socket.sendFrames(output.held)
            output.held = []
        }
        self.forward()
    }

    /// Neither reads nor writes until ``resume()``.
    func stall() {
        self.holdOutput()
        self.socket.pauseReading()
    }

    /// Reads and writes again.
    func resume() {
        self.socket.resumeReading()
        self.releaseOutput()
    }

    // MARK: Receiving

    /// Takes a command; after one that can't be read, nothing more is read, but events go on.
    func receive(_ message: WebSocketMessage) {
        let event = message.bytes.withUnsafeBytes { WorkspaceEventDecoder().decode($0) }
        self.reply(to: event)
        self.ledger.received(ReceivedCommand(attempt: self.attempt, event: event))
        self.commands.update { $0[event.type, default: 0] += 1 }
        if !Self.isReadable(message) { self.socket.deafen() }
    }

    /// Whether Go's decoder can read a command: a member of the wrong type is enough to fail.
    private static func isReadable(_ message: WebSocketMessage) -> Bool {
        guard let json = try? MockJSON(parsing: message.bytes), let members = json.members else { return false }
        return members.allSatisfy { member in
            switch (member.name, member.value) {
            case (_, .null): true
            case ("type", let value), ("data", let value), ("error", let value): value.text != nil
            case ("timestamp", let value), ("code", let value), ("cols", let value), ("rows", let value):
                value.integer != nil
            default: true
            }
        }
    }

    private func reply(to event: WorkspaceEvent) {
        switch event.content {
        case .ping: if self.answersPingCommand() { self.post(.pong) }
        case .shellInput(let text) where self.hasShell && !text.isEmpty:
            self.workspace.echo(text)
        default: break
        }
    }

    private func answersPingCommand() -> Bool {
        self.output.withLock { output in
            guard output.pingCommandsToIgnore > 0 else { return true }
            output.pingCommandsToIgnore -= 1
            return false
        }
    }
}

extension GitStatus {
    /// The status of a repository that nobody has looked at: all lists are `null`, and there is no branch.
    static func placeholder(of status: GitStatus) -> GitStatus {
        GitStatus(timestamp: status.timestamp, repositoryName: status.repositoryName)
    }
}

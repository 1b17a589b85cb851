import ConcurrencyPrimitives
import WebSocketProtocol
import WebSocketTransport

#if RED_CONTROLS
internal import RedControls
#endif

/// The state that the two tasks of a stream and its users share; for streams of any kind.
///
/// It does not decide about the life of the stream. The ``StreamSlot`` does, behind the lock of the client.
final class StreamCore<Kind: StreamKind>: RunningStream {
    private let kind: Kind
    let id: StreamID
    let connection: any RuntimeConnection
    private let settings: ClientSettings
    let events: Kind.Sink
    let commands: CommandQueue<Kind.Command>
    let timers: any RuntimeTimers
    let closeRequested = Promise<StreamEnd>()
    let drained = Promise<StreamEnd>()
    let reading = TaskActivity(.receiving)
    let writing = TaskActivity(.waitingForCommands)
    private let onBatch: (@Sendable (MessageBatch) -> Void)?
    private let shared = Locked(Shared())

    /// The values behind the lock of the stream.
    private struct Shared: Sendable {
        var statistics = StreamStatistics()
        /// Made by the first ping, because most streams send none and it uses half a kilobyte.
        var pings: PingWaiters?
        /// Whether no further pong can come.
        var arePongsOver = false
    }

    /// The tasks of the stream; they are registered before it is published.
    var members: StreamTasks { [.reader, .writer] }

    init(
        _ kind: Kind,
        id: StreamID,
        connection: any RuntimeConnection,
        settings: ClientSettings,
        timers: any RuntimeTimers
    ) {
        self.kind = kind
        self.id = id
        self.connection = connection
        self.timers = timers
        self.settings = settings
        let configuration = settings.configuration
        self.onBatch = configuration.onBatch
        self.events = kind.makeSink(configuration)
        self.commands = CommandQueue(
            capacity: configuration.maximumQueuedCommands,
            timeout: configuration.commandTimeout,
            timers: timers
        )
        kind.attach(self.commands)
    }

    var configuration: AgentRuntimeConfiguration { self.settings.configuration }
    var statistics: StreamStatistics { self.shared.withLock { $0.statistics } }

    /// The callers that wait for pongs; made at the first use.
    var pings: PingWaiters {
        if let pings = self.pingsSoFar { return pings }
        let made = PingWaiters(timeout: self.configuration.pingTimeout, timers: self.timers) { [connection] in
            connection.mark($0)
        }
        let (pings, areOver) = self.shared.withLock { shared in
            let pings = shared.pings ?? made
            shared.pings = pings
            return (pings, shared.arePongsOver)
        }
        // Before any caller waits: `endPings()` may already have been called, when there was no value to end.
        if areOver { pings.end() }
        return pings
    }

    /// The callers that wait for pongs; nil if no ping was ever begun.
    private var pingsSoFar: PingWaiters? { self.shared.withLock { $0.pings } }

    private func endPings() {
        let pings = self.shared.withLock { shared in
            shared.arePongsOver = true
            return shared.pings
        }
        pings?.end()
    }

    func beginEnd(_ end: StreamEnd, within limit: Duration?) {
        let isGraceful = end.isGraceful
        self.connection.abort(after: isGraceful ? self.settings.closeTimeout(within: limit) : .zero)
        self.events.stopWaiting()
        self.commands.close(dropQueued: !isGraceful)
        self.closeRequested.resolve(end)
    }

    func abort() {
        self.connection.abort(after: .zero)
        self.commands.close(dropQueued: true)
    }

    func finishEvents(_ error: (any Error)?) { self.events.finish(error) }

    func limitLife(to limit: Duration) { self.connection.abort(after: self.settings.closeTimeout(within: limit)) }

    // MARK: Reader

    /// Receives until the connection has no more messages; call ``finishReading()`` after it.
    func read() async {
        guard Kind.Sink.accompaniesReading else { return await self.receive() }
        await self.events.whileReading { await self.receive() }
    }

    private func receive() async {
        let inbound = self.connection.inbound
        var wasFilled = false
        var messages = 0
        while let batch = try? await inbound.nextMessagesUncancelled() {
            self.reading.enter(.decoding)
            wasFilled = self.deliver(batch, after: messages, wasFilled: wasFilled)
            messages &+= batch.count
            if wasFilled {
                self.reading.enter(.waitingForRoom)
                await self.events.waitForRoom()
            }
            self.reading.enter(.receiving)
        }
    }

    /// Waits until no socket and no timer of the connection is left.
    ///
    /// - Returns: How the connection ended.
    func finishReading() async -> WebSocketClosure {
        let closure = await self.connection.waitUntilClosed()
        self.endPings()
        return closure
    }

    /// Decodes the messages of a batch and queues the events; never waits.
    ///
    /// - Parameters:
    ///   - batch: The messages of one read.
    ///   - messages: The number of messages before this batch.
    ///   - wasFilled: Whether the batch before filled the queue.
    /// - Returns: Whether this batch did not fit or filled the queue; then the reader must wait for room.
    private func deliver(_ batch: MessageBatch, after messages: Int, wasFilled: Bool) -> Bool {
        self.onBatch?(batch)
        var events: [Kind.Event] = []
        events.reserveCapacity(batch.count)
        var counted = StreamStatistics()
        for message in batch {
            let event = self.kind.decode(message)
            if message.kind == .binary { counted.binary += 1 }
            self.kind.count(event, in: &counted)
            events.append(event)
            if self.kind.isPong(event) { self.pingsSoFar?.receivedPong(message: messages + events.count) }
        }
        (counted.events, counted.bytes) = (events.count, batch.byteCount)
        // Before the events are queued, so that a consumer finds its event counted.
        self.shared.withLock { $0.statistics.add(counted) }
        let outcome = self.events.put(events, bytes: counted.bytes, wasFilled: wasFilled) { self.connection.resume($0) }
        if outcome == .dropped { self.shared.withLock { $0.statistics.droppedWhileEnding += counted.events } }
        return outcome != .queued
    }

    // MARK: Writer

    /// Sends commands until the queue has ended or sending fails; call ``finishWriting(_:)`` after it.
    ///
    /// - Returns: The error; nil if the queue has ended.
    func write() async -> (any Error)? {
        do {
            while await self.commands.waitForCommand() {
                self.writing.enter(.sending)
                #if RED_CONTROLS
                if RedControl.isActive(.commandTakenWithoutRoom), let early = self.commands.takeFirst() {
                    try await self.connection.waitForRoom()
                    try self.write(early)
                    continue
                }
                #endif
                try await self.connection.waitForRoom()
                // While there was no room, the commands could be withdrawn.
                if let entry = self.commands.takeFirst() { try self.write(entry) }
                self.writing.enter(.waitingForCommands)
            }
            return nil
        } catch {
            return error
        }
    }

    /// Closes the connection, unless sending has failed.
    ///
    /// - Parameter failure: The result of ``write()``.
    /// - Returns: Why the writer leaves.
    func finishWriting(_ failure: (any Error)?) async -> WriterEnd {
        if let failure { return await self.giveUp(failure) }
        self.writing.enter(.closing)
        await self.connection.close(.normalClosure)
        return .finished
    }

    private func giveUp(_ failure: any Error) async -> WriterEnd {
        // No writer is left for commands that were queued in the meantime.
        self.commands.close(dropQueued: true)
        guard (failure as? WebSocketError)?.code == .closed else { return .failed(failure) }
        // The connection is closing or closed. The reason of the end is how it ends, not the failed send.
        self.connection.abort(after: self.configuration.closeTimeout)
        self.writing.enter(.closing)
        return .connectionEnded(await self.connection.waitUntilClosed())
    }

    /// Gives one command to the connection, which then resolves the receipt of the command; never waits.
    ///
    /// - Throws: The error if no command can be sent any more.
    private func write(_ entry: CommandQueue<Kind.Command>.Entry) throws {
        let message = self.kind.encode(entry.command)
        // Before it is queued, because the pong may come before the writer continues.
        if let ping = entry.ping { self.pings.sends(ping) }
        do {
            try self.connection.queue(message) { [receipt = entry.receipt] outcome in
                receipt.resolve(outcome.mapError { AgentRuntimeError(delivering: $0) })
            }
            if let ping = entry.ping { self.pings.queued(ping) }
        } catch {
            let known = (error as? WebSocketError).map { AgentRuntimeError(delivering: $0) }
            entry.receipt.resolve(.failure(known ?? .commandNotSent))
            throw error
        }
    }
}

/// Why the writer leaves.
enum WriterEnd {
    /// The queue was closed; everything was sent, and the connection is closed.
    case finished
    /// The server closed, or the connection ended, before the writer could send; the closure says how.
    case connectionEnded(WebSocketClosure)
    /// Sending failed for another reason.
    case failed(any Error)
}

extension StreamStatistics {
    fileprivate mutating func add(_ other: Self) {
        self.events += other.events
        self.bytes += other.bytes
        self.unknown += other.unknown
        self.malformed += other.malformed
        self.missingPayload += other.missingPayload
        self.binary += other.binary
        self.droppedWhileEnding += other.droppedWhileEnding
    }
}

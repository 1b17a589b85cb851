import ConcurrencyPrimitives
import WebSocketTransport
import WorkspaceProtocol

/// An open stream of one terminal: its output, input to it, and its size (`/api/v1/shell/terminal/:id/stream`).
///
/// Any task may send, resize, close or abort at any time. Only one task may iterate over ``output`` at a time. The
/// stream ends when it or its client is closed, or when its connection ends. It does not reconnect: open another stream,
/// which begins with the scrollback again.
///
/// The end of the program in the terminal is not the end of the stream: the runtime starts another shell. Deleting the
/// terminal does not end it either: nothing comes any more, and input is lost.
///
/// The stream keeps its client alive. Its ``output``, and the iterators of it, keep the stream alive. If nothing refers
/// to the stream in one of these ways any more, it is closed, and nobody waits for the end.
public final class TerminalStream: Sendable {
    let core: StreamCore<TerminalStreamKind>
    private let scrollback: TerminalScrollback
    private let owner: AgentRuntimeClient
    private var client: ClientDriver { self.owner.driver }

    /// The id of the terminal.
    public let id: String

    init(core: StreamCore<TerminalStreamKind>, kind: TerminalStreamKind, owner: AgentRuntimeClient) {
        (self.core, self.scrollback, self.id, self.owner) = (core, kind.scrollback, kind.id, owner)
    }

    deinit { self.client.close(self.core, .closed) }

    /// The output in the order of the wire, beginning with the scrollback if there is any.
    ///
    /// Reading stops at ``AgentRuntimeConfiguration/maximumQueuedEvents`` or
    /// ``AgentRuntimeConfiguration/maximumQueuedBytes``, and continues at half of it.
    public var output: TerminalOutput { TerminalOutput(stream: self) }

    /// Whether the terminal had output before the stream was opened, so that its first chunk is the scrollback.
    ///
    /// Nil if the runtime did not tell in time. It is wrong only if somebody has deleted the terminal and started
    /// another one with the same id at the moment of opening.
    public var hadOutput: Bool? { self.scrollback.hadOutput }

    /// The current state of the stream.
    public var state: StreamState { self.client.state(of: self.core) }

    /// The counters of the stream; each message is an event.
    public var statistics: StreamStatistics { self.core.statistics }

    /// The round-trip time of the latest keepalive Ping of the connection; nil before its first answer.
    public var latency: Duration? { self.core.connection.latency }

    /// Whether no socket and no timer of the connection is left; for tests of the barrier.
    package var isConnectionClosed: Bool { self.core.connection.isClosed }

    // MARK: Input

    /// Sends input to the program in the terminal, unchanged.
    ///
    /// It returns when the system has taken it, or after ``AgentRuntimeConfiguration/commandTimeout``; then input that
    /// is still queued is not sent. If ``AgentRuntimeConfiguration/maximumQueuedCommands`` messages are queued, further
    /// senders wait. A close sends queued input first. A terminal echoes input among its output.
    ///
    /// Input is one message. Only if it begins with the byte 1 (Ctrl-A), it is several: agentctl could take it for a
    /// new size. Each byte 1 at its beginning is then a message of its own. No other input comes between them.
    ///
    /// - Parameter bytes: The input; the Enter key is a carriage return. Nothing is sent if it is empty.
    /// - Throws: ``AgentRuntimeError`` with `streamClosed` or `timedOut` if it was not sent, or with `deliveryUnknown`
    ///   if the runtime may receive it, or a first part of it. After a `CancellationError` it may have been sent, too.
    public func send(_ bytes: some Sequence<UInt8>) async throws {
        let messages = TerminalMessage.messages(of: Array(bytes))
        switch messages.count {
        case 0: return
        case 1: try await self.core.commands.send(messages[0])
        default: try await self.core.commands.send(all: messages)
        }
    }

    /// Changes the size of the terminal; the program in it is told.
    ///
    /// The runtime does not answer. Another client of the same terminal can change the size, too; the last one counts.
    ///
    /// - Parameters:
    ///   - columns: The width in characters, 1 to 65,535.
    ///   - rows: The height in lines, 1 to 65,535.
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`, or the errors of ``send(_:)``.
    public func resize(columns: Int, rows: Int) async throws {
        try AgentRuntimeError.check(columns: columns, rows: rows)
        try await self.core.commands.send(TerminalMessage.resize(columns: columns, rows: rows))
    }

    // MARK: The end

    /// Why the stream ends; nil until a close is requested or the connection has ended.
    ///
    /// After the output has ended, it is never nil.
    public var end: StreamEnd? { self.core.drained.value ?? self.core.closeRequested.value }

    /// Closes the stream: sends queued input, performs the closing handshake, and waits until the stream is drained.
    ///
    /// The terminal stays in the runtime, with the program in it; ``RuntimeControl/deleteTerminal(id:timeout:)`` ends
    /// it. When this returns, no task, socket or timer of the stream is left, and the client may open the terminal
    /// again. It is bounded like ``WorkspaceStream/close()``. You may call it inside of the loop over ``output``.
    ///
    /// - Returns: Why the stream ended: the first cause, from either side.
    @discardableResult
    public func close() async -> StreamEnd {
        self.client.close(self.core, .closed)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Closes the stream like ``close()``, in less time.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``.
    /// - Returns: See ``close()``.
    @discardableResult
    public func close(within limit: Duration) async -> StreamEnd {
        self.client.close(self.core, .closed, within: limit)
        return await self.client.waitUntilDrained(self.core, within: limit)
    }

    /// Asks the stream to close like ``close()``, and returns at once; for code that can't wait.
    ///
    /// - Parameter limit: See ``WorkspaceStream/close(within:)``; nil means
    ///   ``AgentRuntimeConfiguration/closeTimeout``.
    public func requestClose(within limit: Duration? = nil) {
        self.client.close(self.core, .closed, within: limit)
    }

    /// Drops all output from now on; call it if nobody will take it.
    public func discardOutput() { self.core.events.discard() }

    /// Aborts the stream: drops queued input, skips the closing handshake, and waits until the stream is drained.
    ///
    /// - Returns: Why the stream ended: the first cause, from either side.
    @discardableResult
    public func abort() async -> StreamEnd {
        self.client.close(self.core, .aborted)
        return await self.client.waitUntilDrained(self.core)
    }

    /// Waits until a close was *requested* or the connection has ended; tasks of the stream may still run then.
    ///
    /// - Returns: Why the stream ends.
    /// - Throws: `CancellationError`; the stream is not affected.
    public func waitUntilCloseRequested() async throws(CancellationError) -> StreamEnd {
        try await self.core.closeRequested.waitUnlessCancelled()
    }

    /// Waits until the stream is *drained*: no task, socket or timer of it is left.
    ///
    /// - Returns: Why the stream ended.
    /// - Throws: `CancellationError`; the stream is not affected.
    public func waitUntilDrained() async throws(CancellationError) -> StreamEnd {
        try await self.core.drained.waitUnlessCancelled()
    }
}

extension AgentRuntimeError {
    /// Refuses a size that a terminal can't have.
    static func check(columns: Int, rows: Int) throws(AgentRuntimeError) {
        guard TerminalMessage.sizes.contains(columns), TerminalMessage.sizes.contains(rows) else {
            let sizes = TerminalMessage.sizes
            throw AgentRuntimeError(
                .invalidConfiguration,
                "A terminal has \(sizes.lowerBound) to \(sizes.upperBound) columns and rows, not \(columns) x \(rows)."
            )
        }
    }
}

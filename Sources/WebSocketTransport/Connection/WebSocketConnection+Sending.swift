import ConcurrencyPrimitives
public import WebSocketProtocol

extension WebSocketConnection {
    /// Sends a message.
    ///
    /// Returns when the message is queued, in the order of the calls of a task; a burst leaves in one write. Waits
    /// while the send queue is full. Cancelling a wait throws and the message is not sent.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - compression: Whether it is compressed, where ``compression`` was agreed on.
    /// - Throws: ``WebSocketError`` with `closed` or `sendTimedOut`, or what ended the connection: in each case the
    ///   message was not sent. `CancellationError`.
    @inlinable
    @inline(__always)  // For the caller, no async call as long as there is room.
    public func send(_ message: WebSocketMessage, compression: MessageCompression = .automatic) async throws {
        if let sender = try self.enqueue(message, compression) { try await self.waitForRoom(sender) }
    }

    /// Queues a message, or its sender where there is no room; never waits.
    ///
    /// - Returns: Who must wait, nil when the message is queued.
    /// - Throws: ``WebSocketError`` when it is not queued.
    @usableFromInline
    func enqueue(_ message: WebSocketMessage, _ compression: MessageCompression) throws -> ConnectionCore.Sender? {
        try self.core.enqueue(.message(message, compression))
    }

    @usableFromInline
    func waitForRoom(_ sender: ConnectionCore.Sender) async throws { try await self.core.waitForRoom(sender) }

    /// Sends a message and waits until the system has taken it.
    ///
    /// Costs two hops between threads; use ``send(_:compression:)`` where the order alone matters.
    ///
    /// - Parameter message: The message.
    /// - Throws: As ``send(_:compression:)`` when the message was not sent; ``WebSocketError`` with `deliveryUnknown`
    ///   when the connection ended while it was on its way; `CancellationError` when it was not queued yet.
    public func sendAndConfirm(_ message: WebSocketMessage) async throws {
        try await self.queue(message).wait().get()
    }

    /// Queues a message; waits while the send queue is full.
    ///
    /// - Returns: Tells what becomes of the message: every receipt resolves, at the latest when the connection ends.
    package func queue(_ message: WebSocketMessage) async throws -> SendReceipt {
        let receipt = SendReceipt()
        try await self.core.send(.message(message, .automatic), receipt: receipt)
        return receipt
    }

    /// Sends a text message; see ``send(_:compression:)``.
    ///
    /// - Parameter text: The text.
    /// - Throws: As ``send(_:compression:)``.
    public func send(text: String) async throws { try await self.send(WebSocketMessage(text: text)) }

    /// Sends a binary message; see ``send(_:compression:)``.
    ///
    /// - Parameter bytes: The payload.
    /// - Throws: As ``send(_:compression:)``.
    public func send(binary bytes: [UInt8]) async throws { try await self.send(WebSocketMessage(binary: bytes)) }

    /// Sends a message that was made for many connections.
    ///
    /// - Parameter prepared: The message.
    /// - Throws: As ``send(_:compression:)``.
    public func send(_ prepared: PreparedMessage) async throws {
        try await self.core.send(prepared.item(for: self.core.deflate))
    }

    /// Sends one message of unknown length, part by part.
    ///
    /// Until `body` returns, the messages of others wait, and time out as on a full queue; Pings and Pongs pass. When
    /// `body` throws after a part was sent, the message can't be ended, and the connection fails with
    /// ``WebSocketError/Code/messageAbandoned`` and close code 1011; before that, nothing was sent.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - compression: Whether the message is compressed, where that was agreed on: each part is flushed, so that the
    ///     peer can read it at once.
    ///   - body: Writes the parts.
    /// - Returns: The value of `body`.
    /// - Throws: The error of `body`; as ``send(_:compression:)``; `CancellationError`.
    public func sendMessage<Value>(
        _ kind: MessageKind,
        compression: MessageCompression = .automatic,
        _ body: (inout WebSocketMessageWriter) async throws -> Value
    ) async throws -> Value {
        try await self.core.send(.turn)
        var writer = WebSocketMessageWriter(core: self.core, kind: kind, compression: compression)
        do {
            let value = try await body(&writer)
            try await writer.finish()
            return value
        } catch {
            writer.abandon(error)
            throw error
        }
    }
}

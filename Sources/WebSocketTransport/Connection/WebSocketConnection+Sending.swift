import ConcurrencyPrimitives
public import WebSocketProtocol

extension WebSocketConnection {
    /// Sends a message.
    ///
    /// Returns when the message is queued. Messages of one task are sent in the order of its calls; a burst goes out in
    /// one write. Waits while the send queue is full; if the wait is cancelled, it throws and the message is not sent.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - compression: Whether to compress the message, if the connection has compression.
    /// - Throws: ``WebSocketError`` with `closed` or `sendTimedOut`, or the error that ended the connection; in each
    ///   case the message was not sent. `CancellationError`.
    @inlinable
    @inline(__always)  // No async call for the caller as long as there is space.
    public func send(_ message: WebSocketMessage, compression: MessageCompression = .automatic) async throws {
        if let sender = try self.enqueue(message, compression) { try await self.waitForRoom(sender) }
    }

    /// Queues a message, or its sender if there is no space; never waits.
    ///
    /// - Returns: The sender that must wait; nil if the message is queued.
    /// - Throws: ``WebSocketError`` if it is not queued.
    @usableFromInline
    func enqueue(_ message: WebSocketMessage, _ compression: MessageCompression) throws -> ConnectionCore.Sender? {
        try self.core.enqueue(.message(message, compression))
    }

    @usableFromInline
    func waitForRoom(_ sender: ConnectionCore.Sender) async throws { try await self.core.waitForRoom(sender) }

    /// Sends a message and waits until the system has taken it.
    ///
    /// It costs two switches between threads. Use ``send(_:compression:)`` if you need only the order.
    ///
    /// - Parameter message: The message.
    /// - Throws: As ``send(_:compression:)`` if the message was not sent; ``WebSocketError`` with `deliveryUnknown` if
    ///   the connection ended while it was being sent; `CancellationError` if it was not yet queued.
    public func sendAndConfirm(_ message: WebSocketMessage) async throws {
        try await self.queue(message).wait().get()
    }

    /// Queues a message; waits while the send queue is full.
    ///
    /// - Returns: The receipt of the message; every receipt is resolved, at the latest when the connection ends.
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

    /// Sends a message that was prepared for many connections.
    ///
    /// - Parameter prepared: The message.
    /// - Throws: As ``send(_:compression:)``.
    public func send(_ prepared: PreparedMessage) async throws {
        try await self.core.send(prepared.item(for: self.core.deflate))
    }

    /// Sends one message of unknown length, part by part.
    ///
    /// Until `body` returns, the messages of other tasks wait, and can time out as on a full queue. Pings and Pongs are
    /// still sent. If `body` throws after a part was sent, the message can't be finished: the connection fails with
    /// ``WebSocketError/Code/messageAbandoned`` and close code 1011. If it throws earlier, nothing was sent.
    ///
    /// - Parameters:
    ///   - kind: Text or binary.
    ///   - compression: Whether to compress the message, if the connection has compression. Each part is flushed, so
    ///     that the peer can read it at once.
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

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
    @inline(__always)  // No async call for the caller as long as there is room.
    public func send(_ message: WebSocketMessage, compression: MessageCompression = .automatic) async throws {
        if let sender = try self.enqueue(message, compression) { try await self.waitForRoom(sender) }
    }

    /// Queues a message, or its sender if there is no room; never waits.
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
        let outcome = Promise<Result<Void, WebSocketError>>()
        try await self.core.send(.message(message, .automatic), receipt: { outcome.resolve($0) })
        try await outcome.wait().get()
    }

    /// Waits while the send queue is full, behind the senders that already wait; then call ``queue(_:receipt:)``.
    ///
    /// It is for a sender that chooses its message only when there is room.
    ///
    /// - Throws: As ``send(_:compression:)``.
    package func waitForRoom() async throws { try await self.core.send(.room) }

    /// Queues a message at once, also if others have used the room that ``waitForRoom()`` has found.
    ///
    /// So each sender can exceed the limit of the send queue by one message. The message does not interrupt a message
    /// that is sent in parts: it then follows the last part.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - receipt: Called once, at the latest when the connection ends: with success when the system has taken the
    ///     message, else as ``sendAndConfirm(_:)`` throws.
    /// - Throws: ``WebSocketError`` with `closed` if the message is not queued; then the receipt is not called.
    package func queue(_ message: WebSocketMessage, receipt: @escaping SendReceipt) throws(WebSocketError) {
        try self.core.enqueue(.message(message, .automatic), receipt: receipt, hasWaited: true)
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

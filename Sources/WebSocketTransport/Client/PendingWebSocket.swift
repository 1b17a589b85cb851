/// An attempt to connect that was not begun, or is under way.
package struct PendingWebSocket: Sendable {
    let dial: Dial
    let opening: Dial.Opening

    /// Connects; called once.
    ///
    /// - Returns: The open connection.
    /// - Throws: As ``WebSocketClient/connect(to:configuration:)``; nothing of the attempt is left then.
    package func connect() async throws -> WebSocketConnection { try await self.dial.connect(self.opening) }

    /// Makes ``connect()`` throw `CancellationError` soon, whether it was called already or not.
    package func cancel() { self.dial.cancel() }
}

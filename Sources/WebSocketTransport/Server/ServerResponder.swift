import NIOCore
import WebSocketProtocol

/// Gives the answer of a ``ServerRequest`` to the handler of its socket.
final class ServerResponder: Sendable {
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<ServerHandshakeHandler?>

    /// Must be called on the event loop.
    init(_ handler: ServerHandshakeHandler, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBoundBox(handler, eventLoop: eventLoop)
    }

    func accept(_ options: AcceptOptions, _ handshake: ServerHandshake) async throws -> WebSocketConnection {
        let promise = self.eventLoop.makePromise(of: WebSocketConnection.self)
        self.eventLoop.execute {
            guard let handler = self.takeHandler() else {
                return promise.fail(WebSocketError(.connectionLost, "The request was answered, or its client is gone."))
            }
            promise.completeWith(Result { try handler.accept(options, handshake) })
        }
        return try await promise.futureResult.get()
    }

    /// - Parameters:
    ///   - bytes: Head and body, or nothing.
    ///   - reason: Why there is no WebSocket, for the log.
    func respond(_ bytes: [UInt8], reason: String) {
        self.eventLoop.execute { self.takeHandler()?.answer(bytes, reason: reason) }
    }

    private func takeHandler() -> ServerHandshakeHandler? {
        defer { self.handler.value = nil }
        return self.handler.value
    }
}

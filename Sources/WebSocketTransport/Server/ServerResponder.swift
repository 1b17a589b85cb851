import NIOCore
import WebSocketProtocol

/// The way from a ``ServerRequest`` back to its socket.
final class ServerResponder: Sendable {
    private let eventLoop: any EventLoop
    private let handler: NIOLoopBoundBox<ServerHandshakeHandler?>

    /// On the event loop only.
    init(_ handler: ServerHandshakeHandler, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBoundBox(handler, eventLoop: eventLoop)
    }

    func accept() async throws -> WebSocketConnection {
        let promise = self.eventLoop.makePromise(of: WebSocketConnection.self)
        self.eventLoop.execute {
            guard let handler = self.takeHandler() else {
                return promise.fail(WebSocketError(.connectionLost, "The request was answered, or its client is gone."))
            }
            promise.completeWith(Result { try handler.accept() })
        }
        return try await promise.futureResult.get()
    }

    func respond(_ bytes: [UInt8]) {
        self.eventLoop.execute { self.takeHandler()?.respond(bytes) }
    }

    func respondIfUnanswered() {
        self.eventLoop.execute {
            let answer = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            self.takeHandler()?.respond(Array(answer.utf8))
        }
    }

    private func takeHandler() -> ServerHandshakeHandler? {
        defer { self.handler.value = nil }
        return self.handler.value
    }
}

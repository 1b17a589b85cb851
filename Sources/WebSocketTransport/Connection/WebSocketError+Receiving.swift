// Why a message was not received.
extension WebSocketError {
    static var alreadyReceiving: WebSocketError {
        WebSocketError(.alreadyReceiving, "Another task receives from this connection; use one at a time.")
    }

    static var endedWithoutHandshake: WebSocketError {
        WebSocketError(.connectionLost, "The connection ended without a closing handshake.", reason: .ended)
    }

    static func receivedTooMuch(_ bytes: Int) -> WebSocketError {
        WebSocketError(
            .connectionLost,
            "The peer ended TCP, and more than \(bytes) bytes of messages would have to wait: the rest is lost."
        )
    }
}

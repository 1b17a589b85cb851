// Why a message was not sent, or may not have been sent.
extension WebSocketError {
    static var notSent: WebSocketError {
        WebSocketError(.closed, "The connection is closed or closing; the message was not sent.")
    }

    static func tooLarge(_ count: Int) -> WebSocketError {
        let limit = ConnectionCore.maximumSendBytes
        return WebSocketError(.invalidConfiguration, "A message of \(count) bytes was not sent; the most is \(limit).")
    }

    static var deliveryUnknown: WebSocketError {
        WebSocketError(.deliveryUnknown, "The connection ended while the message was on its way.")
    }

    static func sendTimedOut(after timeout: Duration) -> WebSocketError {
        WebSocketError(.sendTimedOut, "There was no room in the send queue for \(timeout); the message was not sent.")
    }
}

// Why a message was not received.
extension WebSocketError {
    static var alreadyReceiving: WebSocketError {
        WebSocketError(.alreadyReceiving, "Another task receives from this connection; use one at a time.")
    }

    static var endedWithoutHandshake: WebSocketError {
        WebSocketError(.connectionLost, "The connection ended without a closing handshake.", reason: .ended)
    }

    /// SwiftNIO has read nothing although the socket was readable, and has dropped the buffer of that read.
    static var lostByRead: WebSocketError {
        WebSocketError(.connectionLost, "The beginning of a large message was lost in a read that got no bytes.")
    }

    static func receivedTooMuch(_ bytes: Int) -> WebSocketError {
        WebSocketError(
            .connectionLost,
            "The peer ended TCP, and more than \(bytes) bytes of messages would have to wait: the rest is lost."
        )
    }
}

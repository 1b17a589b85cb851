import NIOCore
import WebSocketProtocol

/// Complete responses without a body, and the close of a socket after an answer.
enum PlainAnswer {
    /// The handler of a request returned without an answer.
    static let unanswered = Self.head("500 Internal Server Error")
    /// The handler of a request took too long.
    static let answeredTooLate = Self.head("503 Service Unavailable")
    /// The number of sockets is at its maximum.
    static let noRoom = Self.head("503 Service Unavailable", "Retry-After: 5\r\n")

    private static func head(_ status: String, _ fields: String = "") -> [UInt8] {
        Array("HTTP/1.1 \(status)\r\n\(fields)Content-Length: 0\r\nConnection: close\r\n\r\n".utf8)
    }

    /// Writes an answer, or none if it is empty, and then closes the socket.
    ///
    /// - Parameters:
    ///   - answer: Head and body.
    ///   - context: The context of the handler that answers.
    ///   - bounds: How long a client may take to read the answer, and to close.
    static func send(_ answer: [UInt8], in context: ChannelHandlerContext, bounds: ConnectionConfiguration) {
        let channel = context.channel
        let linger = bounds.closing.linger
        // A client that does not read its answer must not keep the socket forever.
        self.close(channel, in: bounds.sendQueue.timeout)
        context.writeAndFlush(NIOAny(ByteBuffer(bytes: answer))).whenComplete { _ in
            // Unread bytes would turn the close into a reset, and the answer would be lost. So the output is closed
            // first.
            channel.close(mode: .output, promise: nil)
            self.close(channel, in: linger)
        }
    }

    private static func close(_ channel: any Channel, in delay: Duration) {
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(delay)) { channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in timer.cancel() }
    }
}

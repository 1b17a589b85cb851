public import NIOCore
public import NIOWebSocket

/// The frames that a client sends, each with a new masking key (RFC 6455 §5.3).
public enum Frames {
    /// A text message.
    ///
    /// - Parameter text: Its payload.
    /// - Returns: The frame.
    public static func text(_ text: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: text)
    }

    /// A Close frame with the code 1000.
    public static var close: WebSocketFrame {
        WebSocketFrame(
            fin: true,
            opcode: .connectionClose,
            maskKey: .random(),
            data: ByteBuffer(bytes: [0x03, 0xE8])
        )
    }

    /// The Pong that answers a Ping.
    ///
    /// - Parameter ping: The Ping.
    /// - Returns: The frame.
    public static func pong(to ping: WebSocketFrame) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: ping.unmaskedData)
    }
}

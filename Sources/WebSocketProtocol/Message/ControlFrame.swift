/// A received Ping, Pong or Close frame with its position among the messages (RFC 6455 §5.5).
package struct ControlFrame: Sendable, Hashable {
    /// The kind of frame and its payload.
    package enum Content: Sendable, Hashable {
        /// The peer asks for a Pong with these 0 to 125 bytes.
        case ping([UInt8])
        /// The answer to a Ping, or an unsolicited message that the peer is alive.
        case pong([UInt8])
        /// The peer begins or answers the closing handshake.
        case close(CloseFrame)
    }

    /// The received frame.
    package let content: Content
    /// How many messages of the same batch came before the frame.
    package let messagesBefore: Int

    package init(_ content: Content, messagesBefore: Int) {
        self.content = content
        self.messagesBefore = messagesBefore
    }
}

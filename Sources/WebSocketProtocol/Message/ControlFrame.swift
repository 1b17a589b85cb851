/// A Ping, Pong or Close frame that was received, with its place among the messages (RFC 6455 §5.5).
package struct ControlFrame: Sendable, Hashable {
    /// The frame and what it carries.
    package enum Content: Sendable, Hashable {
        /// Ask for a Pong with these 0 to 125 bytes.
        case ping([UInt8])
        /// The answer to a Ping, or a sign of life.
        case pong([UInt8])
        /// The peer begins, or answers, the closing handshake.
        case close(CloseFrame)
    }

    /// What was received.
    package let content: Content
    /// How many messages of the same batch came before it.
    package let messagesBefore: Int

    package init(_ content: Content, messagesBefore: Int) {
        self.content = content
        self.messagesBefore = messagesBefore
    }
}

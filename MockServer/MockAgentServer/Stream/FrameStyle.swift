/// How the server splits messages into frames.
@nonexhaustive public enum FrameStyle: String, Sendable, Hashable, CaseIterable {
    /// One frame per message, no newline.
    case plain
    /// Like `WriteJSON` of agentctl's gorilla library, which ends each message with a newline.
    ///
    /// A message over 4082 bytes is sent in several fragments. A message over 8192 bytes is sent in one fragment and an
    /// empty continuation frame.
    case gorilla
}

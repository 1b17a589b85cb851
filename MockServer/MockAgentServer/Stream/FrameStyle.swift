/// How the server cuts messages into frames.
public enum FrameStyle: String, Sendable, Hashable, CaseIterable {
    /// One frame per message, no newline.
    case plain
    /// As agentctl's gorilla library does with `WriteJSON`: a newline ends each message, one over 4082 bytes leaves in
    /// several fragments, and one over 8192 bytes in a fragment that holds it all and an empty continuation frame.
    case gorilla
}

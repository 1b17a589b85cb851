/// The two kinds of message (RFC 6455 §5.6).
public enum MessageKind: Sendable, Hashable, CaseIterable {
    /// UTF-8 text, validated before it is delivered.
    case text
    /// Bytes without an interpretation.
    case binary

    /// The opcode of the first frame of such a message.
    package var opcode: Opcode { self == .text ? .text : .binary }
}

/// The kind of a frame (RFC 6455 §5.2).
///
/// The reserved values 3-7 and 11-15 have no case: a frame that uses one is a ``ProtocolViolation``.
package enum Opcode: UInt8, Sendable, Hashable, CaseIterable {
    /// The next fragment of a message whose first frame came earlier.
    case continuation = 0x0
    /// A text message, or its first fragment; the whole message is UTF-8.
    case text = 0x1
    /// A binary message, or its first fragment.
    case binary = 0x2
    /// The closing handshake (§5.5.1).
    case close = 0x8
    /// A request for a ``pong`` with the same payload (§5.5.2).
    case ping = 0x9
    /// The answer to a ``ping``, or an unsolicited message that we are alive (§5.5.3).
    case pong = 0xA

    /// Whether this is a control frame: at most 125 bytes of payload and never fragmented (§5.5).
    package var isControl: Bool { self.rawValue & 0x8 != 0 }
}

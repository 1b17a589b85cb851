/// An error of the peer that ends the connection (§7.1.7): it broke RFC 6455 or one of our limits.
///
/// Switch on ``code``; ``message`` is for people and may change.
public struct ProtocolViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of violation; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A stable name, usable as a metric label.
        public let description: String

        /// RSV bits that no negotiated extension uses (§5.2).
        public static let reservedBits = Self(description: "reservedBits")
        /// An opcode that the RFC reserves (§5.2).
        public static let reservedOpcode = Self(description: "reservedOpcode")
        /// A length that is not in its shortest form, or has its top bit set (§5.2).
        public static let invalidLength = Self(description: "invalidLength")
        /// A control frame with FIN off (§5.5).
        public static let fragmentedControlFrame = Self(description: "fragmentedControlFrame")
        /// A control frame with more than 125 bytes (§5.5).
        public static let controlFrameTooLong = Self(description: "controlFrameTooLong")
        /// A masked frame from a server, or an unmasked one from a client (§5.1).
        public static let wrongMasking = Self(description: "wrongMasking")
        /// A continuation without a message to continue (§5.4).
        public static let unexpectedContinuation = Self(description: "unexpectedContinuation")
        /// A new message before the last one ended (§5.4).
        public static let interruptedMessage = Self(description: "interruptedMessage")
        /// Text, or a close reason, that is not UTF-8 (§8.1).
        public static let invalidUTF8 = Self(description: "invalidUTF8")
        /// A message that is larger than the configured limit (§7.4.1).
        public static let messageTooBig = Self(description: "messageTooBig")
        /// A message with more fragments than the configured limit.
        public static let tooManyFragments = Self(description: "tooManyFragments")
        /// A compressed message that is not DEFLATE data (RFC 7692 §7.2.2).
        public static let invalidCompression = Self(description: "invalidCompression")
        /// A Close frame with one byte of payload, or a code that may not be sent (§7.4).
        public static let invalidClosePayload = Self(description: "invalidClosePayload")
    }

    /// The kind of violation.
    public let code: Code
    /// What exactly was wrong, with the wrong value and the limit.
    public let message: String
    /// The code in the Close frame that we send.
    public let closeCode: CloseCode

    /// The violation in one line.
    public var description: String { "\(self.code): \(self.message) (close code \(self.closeCode))" }

    package init(_ code: Code, _ message: String, closeCode: CloseCode = .protocolError) {
        self.code = code
        self.message = message
        self.closeCode = closeCode
    }
}

/// Why a frame could not be read.
///
/// Switch on ``code``: ``message`` is for people and may change.
public struct WorkspaceProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure; new kinds may be added in a minor version.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// A stable name that can be a metric label.
        public let description: String

        /// The frame is not JSON by RFC 8259, or ends too early.
        public static let invalidSyntax = Self(description: "invalidSyntax")

        /// Arrays and objects are nested more than 512 deep.
        public static let nestingTooDeep = Self(description: "nestingTooDeep")

        /// A member has another type than the protocol says.
        public static let typeMismatch = Self(description: "typeMismatch")

        /// A number is not an integer, or does not fit 64 bits.
        public static let numberOutOfRange = Self(description: "numberOutOfRange")

        /// The message has no `type`.
        public static let missingType = Self(description: "missingType")
    }

    /// What failed.
    public let code: Code

    /// What exactly is wrong, and where.
    public let message: String

    /// The place of the error, in bytes from the start of the frame.
    public let offset: Int

    /// The path to the wrong value, such as `git_status.files["a.swift"].additions`.
    ///
    /// Empty if the frame itself is wrong. It does not name places inside values that are skipped.
    public let path: String

    /// The message with its code.
    public var description: String { "\(self.code): \(self.message)" }
}

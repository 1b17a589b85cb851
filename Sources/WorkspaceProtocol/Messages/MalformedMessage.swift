/// A frame that is not a message: not JSON, without a `type`, or with a member of the wrong type.
///
/// It says nothing about the frames after it; a stream goes on.
public struct MalformedMessage: Sendable, Hashable {
    /// The whole frame as it came, of any length; not necessarily UTF-8.
    public var rawBytes: [UInt8]

    /// What is wrong, and where.
    public var error: WorkspaceProtocolError

    /// The whole frame as text, with U+FFFD in place of what is not UTF-8.
    public var rawText: String { String(decoding: self.rawBytes, as: UTF8.self) }

    /// Creates a malformed message.
    ///
    /// - Parameters:
    ///   - rawBytes: The whole frame.
    ///   - error: What is wrong, and where.
    public init(rawBytes: [UInt8], error: WorkspaceProtocolError) {
        self.rawBytes = rawBytes
        self.error = error
    }
}

/// A frame that is not a message: not JSON, without a `type`, or with a member of the wrong type.
///
/// The frames after it are not affected, and the stream goes on.
public struct MalformedMessage: Sendable, Hashable {
    /// The whole frame as it was received, of any length; it may be invalid UTF-8.
    public var rawBytes: [UInt8]

    /// What is wrong, and where.
    public var error: WorkspaceProtocolError

    /// The whole frame as text; bytes that are not UTF-8 become U+FFFD.
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

/// Whether to compress one message, if the connection has compression.
@nonexhaustive public enum MessageCompression: Sendable, Hashable {
    /// Compress a message of at least ``PermessageDeflate/threshold`` bytes.
    case automatic
    /// Compress a message of any size.
    case always
    /// Do not compress: for secrets, and for data that is already compressed.
    case never
}

/// Whether one message is compressed, where the connection can.
public enum MessageCompression: Sendable, Hashable {
    /// When it has at least ``PermessageDeflate/threshold`` bytes.
    case automatic
    /// Whatever its size.
    case always
    /// As it is: for what is compressed already, and for secrets.
    case never
}

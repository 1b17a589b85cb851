/// Which end of the connection we are.
///
/// The roles differ in one rule: what a client sends is masked, what a server sends is not (RFC 6455 §5.1).
public enum Role: Sendable, Hashable, CaseIterable {
    /// We opened the connection: we mask, the peer must not.
    case client
    /// We accepted the connection: the peer must mask, we must not.
    case server

    /// Whether the frames this role sends are masked.
    public var masksItsFrames: Bool { self == .client }

    /// The role of the peer.
    public var peer: Role { self == .client ? .server : .client }
}

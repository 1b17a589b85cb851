/// Which end of the connection we are.
///
/// The roles differ in one rule: frames of a client are masked, frames of a server are not (RFC 6455 §5.1).
public enum Role: Sendable, Hashable, CaseIterable {
    /// We opened the connection: we mask our frames, the peer must not.
    case client
    /// We accepted the connection: the peer must mask its frames, we must not.
    case server

    /// Whether the frames of this role are masked.
    package var masksItsFrames: Bool { self == .client }

    /// The role of the peer.
    package var peer: Role { self == .client ? .server : .client }
}

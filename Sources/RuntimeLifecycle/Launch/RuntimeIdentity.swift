/// The generation and the nonce of a live runtime; only the started process can know both.
public struct RuntimeIdentity: Hashable, Sendable {
    /// The generation of its start.
    public let generation: UInt64
    /// The random text that it received.
    public let nonce: String

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - generation: The generation of its start.
    ///   - nonce: The random text that it received.
    public init(generation: UInt64, nonce: String) {
        (self.generation, self.nonce) = (generation, nonce)
    }
}

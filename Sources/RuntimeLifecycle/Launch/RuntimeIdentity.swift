/// What a live runtime says of itself; only the process that was handed them can know both.
public struct RuntimeIdentity: Hashable, Sendable {
    /// The generation it was started as.
    public let generation: UInt64
    /// The random text it was given.
    public let nonce: String

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - generation: The generation it was started as.
    ///   - nonce: The random text it was given.
    public init(generation: UInt64, nonce: String) {
        (self.generation, self.nonce) = (generation, nonce)
    }
}

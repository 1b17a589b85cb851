/// By what a starter recognises the runtime that it started.
public struct MockRuntimeIdentity: Sendable, Hashable {
    /// Which start it came of; 1 for the first.
    public var generation: UInt64
    /// What only the starter and the runtime know.
    public var nonce: String

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - generation: Which start it came of.
    ///   - nonce: What the starter told it.
    public init(generation: UInt64, nonce: String) {
        self.generation = generation
        self.nonce = nonce
    }
}

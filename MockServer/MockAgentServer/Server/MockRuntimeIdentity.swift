/// The values that show a starter that this is the runtime that it started.
public struct MockRuntimeIdentity: Sendable, Hashable {
    /// The number of the start; 1 for the first one.
    public var generation: UInt64
    /// A random text that only the starter and the runtime know.
    public var nonce: String

    /// Creates an identity.
    ///
    /// - Parameters:
    ///   - generation: The number of the start.
    ///   - nonce: The random text from the starter.
    public init(generation: UInt64, nonce: String) {
        self.generation = generation
        self.nonce = nonce
    }
}

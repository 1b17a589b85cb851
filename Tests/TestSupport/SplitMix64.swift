/// A small random number generator: the same seed gives the same sequence.
///
/// If a test that uses it fails, the test prints the seed, so the failure can be repeated.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator.
    ///
    /// - Parameter seed: The number that decides the whole sequence.
    public init(seed: UInt64) { self.state = seed }

    /// The next 64 random bits.
    ///
    /// - Returns: A random number; all numbers are equally likely.
    public mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Array where Element == UInt8 {
    /// The bytes in pieces of `size`; the last may be shorter.
    ///
    /// - Parameter size: 1 or more.
    /// - Returns: The pieces in order; empty if there are no bytes.
    public func chunks(of size: Int) -> [[UInt8]] {
        stride(from: 0, to: self.count, by: size).map { start in
            Array(self[start..<Swift.min(start + size, self.count)])
        }
    }

    /// The bytes, split at random positions: many short pieces, some long ones, sometimes an empty one.
    ///
    /// - Parameter generator: Chooses the positions.
    /// - Returns: The pieces in order.
    public func randomChunks(using generator: inout some RandomNumberGenerator) -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        var rest = self[...]
        while !rest.isEmpty {
            let bound = [1, 3, 16, 200, 5000].randomElement(using: &generator) ?? 1
            let size = Int.random(in: 0...bound, using: &generator)
            chunks.append(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return chunks
    }

    /// Random bytes.
    ///
    /// - Parameters:
    ///   - count: The number of bytes.
    ///   - generator: Chooses the bytes.
    /// - Returns: `count` bytes.
    public static func random(count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

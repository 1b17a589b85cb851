/// The memory that a read of the socket lies in, where it may be kept instead of copied.
///
/// A batch that keeps it refers to its owner; who reads must not write there before that reference is gone. See
/// `docs/decisions/0026-a-large-read-is-kept-where-it-lies.md`.
package struct ReadMemory {
    /// Holds the memory as long as it is referred to.
    let owner: AnyObject
    /// All of its bytes, also those that the read did not fill.
    let capacity: Int

    /// Describes the memory of a read.
    ///
    /// - Parameters:
    ///   - owner: Holds the memory as long as it is referred to.
    ///   - capacity: All of its bytes.
    package init(owner: AnyObject, capacity: Int) { (self.owner, self.capacity) = (owner, capacity) }

    /// Whether so many payload bytes are enough to keep all of it: else a small message would hold a large block.
    func isWorthKeeping(for count: Int) -> Bool { count >= self.capacity / 2 }
}

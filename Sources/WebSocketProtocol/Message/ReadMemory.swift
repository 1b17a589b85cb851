/// The memory of one read of the socket, if a batch may keep it instead of copying from it.
///
/// A batch that keeps it refers to its owner. No later read may write to it while the batch refers to the owner. See
/// `docs/decisions/0026-a-large-read-is-kept-where-it-lies.md`.
package struct ReadMemory {
    /// The object that keeps the memory alive.
    let owner: AnyObject
    /// The size of the memory in bytes, including the part that the read did not fill.
    let capacity: Int

    /// Describes the memory of a read.
    ///
    /// - Parameters:
    ///   - owner: The object that keeps the memory alive.
    ///   - capacity: The size of the memory in bytes.
    package init(owner: AnyObject, capacity: Int) { (self.owner, self.capacity) = (owner, capacity) }

    /// Whether `count` bytes of frames are enough to keep the memory; else a small message would keep a large block.
    func isWorthKeeping(for count: Int) -> Bool { count >= self.capacity / 2 }
}

/// The memory of one read of the socket, if a batch may keep it instead of copying from it.
///
/// A batch that keeps it refers to its owner. No later read may write to it while the batch refers to the owner. See
/// `docs/decisions/0026-a-large-read-is-kept-where-it-lies.md`.
package struct ReadMemory {
    /// The object that keeps the memory alive.
    let owner: AnyObject
    /// The size of the memory in bytes, including the part that the read did not fill.
    let capacity: Int
    /// How many bytes later reads can add directly behind this read.
    let room: Int

    /// Describes the memory of a read.
    ///
    /// - Parameters:
    ///   - owner: The object that keeps the memory alive.
    ///   - capacity: The size of the memory in bytes.
    ///   - room: How many bytes later reads can add directly behind this read. If it is more than 0, the memory is for
    ///     one message that is larger than the read, and nothing else is kept in it; see
    ///     `docs/decisions/0032-a-large-message-is-read-into-its-place.md`.
    package init(owner: AnyObject, capacity: Int, room: Int = 0) {
        (self.owner, self.capacity, self.room) = (owner, capacity, room)
    }

    /// Whether `count` bytes of frames are enough to keep the memory; else a small message would keep a large block.
    func isWorthKeeping(for count: Int) -> Bool { self.room == 0 && count >= self.capacity / 2 }

    /// Whether a message that begins at the end of this read may stay in the memory.
    ///
    /// - Parameters:
    ///   - received: How many bytes of it this read brought.
    ///   - total: Its size in bytes.
    /// - Returns: Whether an eighth has arrived, and the memory will be at most twice as large as the message: it
    ///   doubles if the rest does not fit.
    func isWorthHolding(_ received: Int, of total: Int) -> Bool {
        let size = total - received <= self.room ? self.capacity : 2 * self.capacity
        return received >= total / 8 && total >= size / 2
    }
}

/// The name of one attempt to open a stream, and of the resulting stream; never used twice.
struct StreamID: Sendable, Hashable {
    /// The slot in which it opens.
    let slot: StreamSlot.Name
    /// Its number among all attempts of the client.
    let number: UInt64
}

import Synchronization

/// The counts of one stream; its task writes them, and the measuring task reads them.
public final class Tally: Sendable {
    private let messages = Atomic(0)
    private let bytes = Atomic(0)

    /// Creates a tally of zero.
    public init() {}

    /// Counts a message.
    ///
    /// - Parameter bytes: The bytes of its payload.
    public func add(_ bytes: Int) {
        self.messages.wrappingAdd(1, ordering: .relaxed)
        self.bytes.wrappingAdd(bytes, ordering: .relaxed)
    }

    /// The sum of all tallies so far.
    ///
    /// - Parameter tallies: The tallies to add up.
    /// - Returns: Messages and bytes.
    public static func sum(_ tallies: [Tally]) -> (messages: Int, bytes: Int) {
        tallies.reduce(into: (messages: 0, bytes: 0)) { sum, tally in
            sum.messages += tally.messages.load(ordering: .relaxed)
            sum.bytes += tally.bytes.load(ordering: .relaxed)
        }
    }
}

import Synchronization

/// What one stream has counted; written by its task, read by the one that measures.
public final class Tally: Sendable {
    private let messages = Atomic(0)
    private let bytes = Atomic(0)

    /// Begins at zero.
    public init() {}

    /// Counts a message.
    ///
    /// - Parameter bytes: Its payload.
    public func add(_ bytes: Int) {
        self.messages.wrappingAdd(1, ordering: .relaxed)
        self.bytes.wrappingAdd(bytes, ordering: .relaxed)
    }

    /// What all have counted so far.
    ///
    /// - Parameter tallies: Those to add up.
    /// - Returns: Messages and bytes.
    public static func sum(_ tallies: [Tally]) -> (messages: Int, bytes: Int) {
        tallies.reduce(into: (messages: 0, bytes: 0)) { sum, tally in
            sum.messages += tally.messages.load(ordering: .relaxed)
            sum.bytes += tally.bytes.load(ordering: .relaxed)
        }
    }
}

/// How control calls become members of the barrier of their client.
///
/// A call registers before it does anything that others could see, and leaves when its connection is kept or closed. A
/// close refuses later calls, ends the registered ones, and waits until all have left.
struct ControlMembership: Sendable {
    /// The number of a registered call.
    typealias Member = UInt64

    /// Registers a call.
    ///
    /// - Parameter cancel: Ends the call; called at most once, outside all locks, when the client closes.
    /// - Returns: The number of the call; nil if the client is closed.
    var register: @Sendable (_ cancel: @escaping @Sendable () -> Void) -> Member?

    /// Ends the membership of a call.
    var leave: @Sendable (Member) -> Void
}

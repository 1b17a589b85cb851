/// Gets the events of connections as values.
///
/// ```swift
/// configuration.connection.observer = ConnectionObserver { event in
///     if case .closed(let closure, _) = event.kind { print("connection \(event.connection): \(closure)") }
/// }
/// ```
///
/// There is at most one event for each read and each write of a socket, and a few for the life of a connection. There
/// is no event per message. Without an observer, no events are created.
///
/// The closure is called on the connection's event loop, in the order of the events, and outside of every lock. It
/// stops all connections of that event loop while it runs. So it must not block, wait for a connection or take long:
/// let it count, or pass the event on. It may call any method of a connection that does not wait.
public final class ConnectionObserver: Sendable, Hashable {
    let onEvent: @Sendable (ConnectionEvent) -> Void

    /// Creates an observer, for any number of connections.
    ///
    /// - Parameter onEvent: Called for each event; must not block.
    public init(_ onEvent: @escaping @Sendable (ConnectionEvent) -> Void) { self.onEvent = onEvent }

    /// Gives each event to several observers, in this order.
    ///
    /// - Parameter observers: The observers.
    /// - Returns: One observer for all of them.
    public static func all(_ observers: [ConnectionObserver]) -> ConnectionObserver {
        ConnectionObserver { event in
            for observer in observers { observer.onEvent(event) }
        }
    }

    /// Whether both are the same observer: closures can't be compared.
    public static func == (one: ConnectionObserver, other: ConnectionObserver) -> Bool { one === other }

    /// Hashes the identity of the observer.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

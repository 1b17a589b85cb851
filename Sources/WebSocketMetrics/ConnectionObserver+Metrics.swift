public import CoreMetrics
import WebSocketProtocol
public import WebSocketTransport

extension ConnectionObserver {
    /// Turns the events of connections into metrics; the names are in `docs/OBSERVATION.md`.
    ///
    /// ```swift
    /// configuration.connection.observer = .metrics()
    /// ```
    ///
    /// One observer serves any number of connections of both roles.
    ///
    /// - Parameter factory: Makes the metrics. The default, nil, uses the factory that `MetricsSystem` has when this
    ///   function is called. The handlers of the factory are called on event loops, so they must not block.
    /// - Returns: The observer.
    public static func metrics(factory: (any MetricsFactory)? = nil) -> ConnectionObserver {
        let factory = factory ?? MetricsSystem.factory
        let client = ConnectionMetrics(role: "client", factory: factory)
        let server = ConnectionMetrics(role: "server", factory: factory)
        return ConnectionObserver { event in
            switch event.role {
            case .client: client.record(event.kind)
            case .server: server.record(event.kind)
            }
        }
    }
}

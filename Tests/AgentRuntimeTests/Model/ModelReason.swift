import WebSocketTransport

@testable import AgentRuntime

/// The reason of an end, without attached errors.
enum ModelReason: UInt64 {
    case closed = 1
    case aborted, closedByClient, closedByServer, failed

    init(_ reason: StreamEnd.Reason) {
        switch reason {
        case .closed: self = .closed
        case .aborted: self = .aborted
        case .closedByClient: self = .closedByClient
        case .closedByServer: self = .closedByServer
        case .failed: self = .failed
        }
    }

    /// The reason as the driver would report it.
    var reported: StreamEnd.Reason {
        switch self {
        case .closed: .closed
        case .aborted: .aborted
        case .closedByClient: .closedByClient
        case .closedByServer: Self.byServer
        case .failed: Self.failure
        }
    }

    private static let byServer = StreamEnd.Reason.closedByServer(WebSocketClosure(cause: .closingHandshake))
    private static let failure = StreamEnd.Reason.failed(AgentRuntimeError(.connectionLost, "lost"))
}

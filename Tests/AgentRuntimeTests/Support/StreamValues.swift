import AgentRuntime
import WebSocketProtocol
import WebSocketTransport

/// What a stream ended by, in a form that tests can compare.
enum EndValue: Equatable {
    case closed, aborted, closedByClient
    case closedByServer(CloseCode?)
    case failed(AgentRuntimeError.Code)
}

extension StreamEnd {
    var value: EndValue {
        switch self.reason {
        case .closed: .closed
        case .aborted: .aborted
        case .closedByClient: .closedByClient
        case .closedByServer(let closure): .closedByServer(closure.received?.code)
        case .failed(let error): .failed(error.code)
        }
    }
}

/// The state of a stream, in a form that tests can compare.
enum StateValue: Equatable {
    case dialling, open
    case closing(EndValue)
    case drained(EndValue)
}

extension StreamState {
    var value: StateValue {
        switch self {
        case .dialling: .dialling
        case .open: .open
        case .closing(let end): .closing(end.value)
        case .drained(let end): .drained(end.value)
        }
    }
}

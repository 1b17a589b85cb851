import TestSupport
import WebSocketProtocol

@testable import WebSocketTransport

/// An event or value that was not expected.
struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ value: Any?) { self.description = "unexpected: \(value.map { "\($0)" } ?? "nothing")" }
}

extension [ConnectionEvent] {
    /// The sum of the received traffic.
    var received: WebSocketTraffic {
        self.reduce(into: WebSocketTraffic()) { sum, event in
            if case .received(let traffic, _) = event.kind { sum += traffic }
        }
    }

    /// The sum of the sent traffic.
    var sent: WebSocketTraffic {
        self.reduce(into: WebSocketTraffic()) { sum, event in
            if case .sent(let traffic, _) = event.kind { sum += traffic }
        }
    }
}

extension Recorder where Value == ConnectionEvent {
    private func all<Found>(_ find: (ConnectionEvent.Kind) -> Found?) -> [Found] {
        self.values.compactMap { find($0.kind) }
    }

    var closed: [WebSocketClosure] {
        self.all { if case .closed(let closure, _) = $0 { closure } else { nil } }
    }

    var paused: [ConnectionEvent.QueueDepth] {
        self.all { if case .readingPaused(let queue) = $0 { queue } else { nil } }
    }

    var resumed: [ConnectionEvent.QueueDepth] {
        self.all { if case .readingResumed(let queue) = $0 { queue } else { nil } }
    }

    var blocked: [Int] {
        self.all { if case .sendBlocked(let bytes) = $0 { bytes } else { nil } }
    }

    var pongs: [Duration] {
        self.all { if case .pongReceived(let roundTrip) = $0 { roundTrip } else { nil } }
    }
}

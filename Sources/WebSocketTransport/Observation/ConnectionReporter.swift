import Logging
import Synchronization
import WebSocketProtocol

/// Reports the events of one connection to the observer and the log; called on its event loop, outside of locks.
///
/// Log lines contain only codes, names and numbers. Text of the peer, also the reason of a Close frame, is payload.
struct ConnectionReporter: Sendable {
    private static let lastID = Atomic<UInt64>(0)

    let id = Self.lastID.add(1, ordering: .relaxed).newValue
    private let role: Role
    private let observer: ConnectionObserver?
    private let logger: Logger

    init(_ setup: ConnectionSetup, observer: ConnectionObserver?) {
        (self.role, self.logger, self.observer) = (setup.role, setup.logger, observer)
    }

    /// Whether there is an observer.
    var isObserved: Bool { self.observer != nil }

    /// Gives an event to the observer; without an observer the event is not created.
    func report(_ kind: @autoclosure () -> ConnectionEvent.Kind) {
        guard let observer = self.observer else { return }
        observer.onEvent(ConnectionEvent(connection: self.id, role: self.role, kind: kind()))
    }

    func opened(_ setup: ConnectionSetup) {
        self.logger.debug(
            "WebSocket opened",
            metadata: ["connection": "\(self.id)", "compressed": "\(setup.compression != nil)"]
        )
        self.report(.opened(subprotocol: setup.subprotocol, compression: setup.compression?.agreed))
    }

    func closed(_ closure: WebSocketClosure, _ statistics: ConnectionStatistics) {
        self.logger.debug("WebSocket closed", metadata: self.metadata(closure))
        self.report(.closed(closure, statistics: statistics))
    }

    private func metadata(_ closure: WebSocketClosure) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["connection": "\(self.id)", "cause": "\(closure.cause.name)"]
        if let code = closure.code { metadata["code"] = "\(code)" }
        if let initiator = closure.initiator { metadata["initiator"] = "\(initiator)" }
        if let violation = closure.error?.cause as? ProtocolViolation { metadata["violation"] = "\(violation.code)" }
        return metadata
    }
}

extension Logger {
    /// Logs nothing; shared by all, because each logger needs memory.
    static let silent = Logger(label: "WebSocketTransport") { _ in SwiftLogNoOpLogHandler() }

    /// Adds a value to all lines of the logger; the value is created only if debug lines are logged.
    func naming(_ key: String, _ value: @autoclosure () -> String) -> Logger {
        guard self.logLevel <= .debug else { return self }
        var logger = self
        logger[metadataKey: key] = "\(value())"
        return logger
    }
}

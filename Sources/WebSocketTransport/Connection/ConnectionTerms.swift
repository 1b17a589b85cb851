import Logging
import WebSocketProtocol

/// What is settled when a connection opens.
struct ConnectionTerms: Sendable {
    /// Our role.
    let role: Role
    /// The subprotocol that was agreed on, or nil.
    var subprotocol: String?
    /// How to compress and what was agreed on, or nil for none.
    var compression: (configuration: PermessageDeflate, agreed: NegotiatedDeflate)?
    /// Gets the lines about the connection.
    var logger = Logger.silent
}

extension Logger {
    /// Logs nothing; one for all, as each has memory of its own.
    static let silent = Logger(label: "WebSocketTransport") { _ in SwiftLogNoOpLogHandler() }

    /// The same logger, whose lines say where: made only if someone reads them.
    func naming(_ key: String, _ value: @autoclosure () -> String) -> Logger {
        guard self.logLevel <= .debug else { return self }
        var logger = self
        logger[metadataKey: key] = "\(value())"
        return logger
    }
}

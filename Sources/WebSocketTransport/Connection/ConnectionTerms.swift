import Logging
import WebSocketProtocol

/// What is settled when a connection opens.
struct ConnectionTerms: Sendable {
    /// Our role.
    let role: Role
    /// The subprotocol that was agreed on, or nil.
    var subprotocol: String?
    /// How to compress and what was agreed on, or nil for none.
    var compression: Compression? {
        get { self.agreed?.value }
        set { self.agreed = newValue.map { Shared($0) } }
    }
    /// Apart, as few connections have it.
    private var agreed: Shared<Compression>?
    /// Gets the lines about the connection.
    var logger: Logger

    typealias Compression = (configuration: PermessageDeflate, agreed: NegotiatedDeflate)

    init(
        role: Role,
        subprotocol: String? = nil,
        compression: Compression? = nil,
        logger: Logger = .silent
    ) {
        (self.role, self.subprotocol, self.logger) = (role, subprotocol, logger)
        self.compression = compression
    }
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

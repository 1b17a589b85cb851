import Logging
import WebSocketProtocol

/// The facts that are fixed when a connection opens.
struct ConnectionTerms: Sendable {
    /// Our role.
    let role: Role
    /// The negotiated subprotocol, or nil.
    var subprotocol: String?
    /// How to compress, with the negotiated terms; nil for no compression.
    var compression: Compression? {
        get { self.agreed?.value }
        set { self.agreed = newValue.map { Shared($0) } }
    }
    /// In a separate object, because few connections have it.
    private var agreed: Shared<Compression>?
    /// Gets the log lines about the connection.
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

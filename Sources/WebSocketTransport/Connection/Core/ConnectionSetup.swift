import Logging
import WebSocketProtocol

/// The facts that are fixed when a connection opens.
struct ConnectionSetup: Sendable {
    /// Our role.
    let role: Role
    /// The negotiated subprotocol, or nil.
    var subprotocol: String?
    /// How to compress, with the negotiated terms; nil for no compression.
    var compression: Compression? {
        get { self.agreed?.value }
        set { self.agreed = newValue.map { SharedValue($0) } }
    }
    /// In a separate object, because few connections have it.
    private var agreed: SharedValue<Compression>?
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

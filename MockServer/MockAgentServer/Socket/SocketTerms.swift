import WebSocketProtocol

/// How one WebSocket of the mock server behaves.
struct SocketTerms: Sendable {
    /// The compression to agree to; nil agrees to none.
    var compression: PermessageDeflate?
    /// The limits for received messages.
    var limits = MessageLimits()
    /// How long the TCP connection stays open after the closing handshake, if nothing is sent; nil ends it at once.
    var timeAfterClose: Duration?
    /// How long the client may take to answer our Close frame.
    var closeTimeout: Duration = .seconds(5)
    /// Whether reading stops while the client does not read.
    var pausesWhenFull = false
}

/// How a WebSocket of the mock server ended.
struct SocketEnd: Sendable {
    /// Our Close frame; nil if none was sent.
    var sent: CloseFrame?
    /// The client's Close frame; nil if none came.
    var received: CloseFrame?

    var isClean: Bool { self.sent != nil && self.received != nil }
}

/// The socket has ended, so nothing can be sent.
struct SocketEnded: Error {}

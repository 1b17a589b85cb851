import ConcurrencyPrimitives
public import WebSocketProtocol

/// A message for many connections, compressed once for all connections with the same window.
///
/// ```swift
/// let message = PreparedMessage(WebSocketMessage(text: news))
/// for connection in connections { try await connection.send(message) }
/// ```
public final class PreparedMessage: Sendable {
    /// The message.
    public let message: WebSocketMessage

    private let configuration: PermessageDeflate
    /// The compressed forms, by the bits of the window.
    private let deflated = Locked<[Int: MessageBytes]>([:])

    /// Prepares a message; it is compressed when a connection first needs it.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - compression: How to compress it; a value that is out of range is replaced by the nearest one. Each
    ///     connection decides from its negotiated terms and the threshold whether to use the compressed form.
    public init(_ message: WebSocketMessage, compression: PermessageDeflate = PermessageDeflate()) {
        self.message = message
        var configuration = compression
        configuration.level = min(max(compression.level, 1), 9)
        configuration.memoryLevel = min(max(compression.memoryLevel, 1), 9)
        self.configuration = configuration
    }

    /// The item to send on a connection.
    func item(for deflate: NegotiatedDeflate?) -> OutboundItem {
        guard let own = deflate?.own, own.windowBits >= 9,
            self.message.bytes.count >= self.configuration.threshold,
            let deflated = self.deflated(windowBits: own.windowBits)
        else { return .message(self.message, .never) }
        return .prepared(self.message, deflated: deflated)
    }

    /// The compressed form for a window; two connections may compress at the same time, with the same result.
    private func deflated(windowBits: Int) -> MessageBytes? {
        if let known = self.deflated.withLock({ $0[windowBits] }) { return known }
        let direction = NegotiatedDeflate.Direction(windowBits: windowBits, contextTakeover: false)
        let deflater = Deflater(self.configuration, direction)
        let bytes = self.message.bytes.withUnsafeBytes {
            deflater.deflate($0, endsMessage: true).map { MessageBytes($0) }
        }
        if let bytes { self.deflated.withLock { $0[windowBits] = bytes } }
        return bytes
    }
}

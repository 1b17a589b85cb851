import WebSocketProtocol

/// Sends one message of unknown length in parts; each part is a frame (RFC 6455 §5.4).
///
/// See ``WebSocketConnection/sendMessage(_:compression:_:)``.
public struct WebSocketMessageWriter: ~Copyable {
    private let core: ConnectionCore
    private let kind: MessageKind
    private let compression: MessageCompression
    private var validator = UTF8Validator()
    private var hasBegun = false
    /// The error of a part that was not sent; no later part can be sent.
    private var failure: (any Error)?

    init(core: ConnectionCore, kind: MessageKind, compression: MessageCompression) {
        self.core = core
        self.kind = kind
        self.compression = compression
    }

    /// Sends the next part.
    ///
    /// Waits while the send queue is full. An empty part sends nothing.
    ///
    /// - Parameter bytes: The bytes; a text may be split anywhere, also inside a code point.
    /// - Throws: ``WebSocketError`` with `invalidText`, or as ``WebSocketConnection/send(_:compression:)``;
    ///   `CancellationError`. After an error, no more parts can be sent.
    public mutating func write(_ bytes: some Sequence<UInt8>) async throws {
        let part = WebSocketMessage(kind: self.kind, bytes: MessageBytes(bytes))
        if let failure = self.failure { throw failure }
        guard part.bytes.count > 0 else { return }
        let isPossible = part.bytes.withUnsafeBytes { self.kind == .binary || self.validator.accept($0) }
        guard isPossible else { throw self.failed(Self.notText) }
        try await self.send(part, isLast: false)
    }

    /// Sends the next part of a text.
    ///
    /// - Parameter text: The text.
    /// - Throws: As ``write(_:)``.
    public mutating func write(text: String) async throws { try await self.write(text.utf8) }

    mutating func finish() async throws {
        if let failure = self.failure { throw failure }
        guard self.kind == .binary || self.validator.isAtBoundary else { throw Self.notText }
        try await self.send(WebSocketMessage(kind: self.kind, bytes: MessageBytes([])), isLast: true)
    }

    /// The message will not be finished.
    func abandon(_ error: any Error) {
        guard self.hasBegun else { return self.core.returnTurn() }
        self.core.failMessage(error)
    }

    private mutating func send(_ part: WebSocketMessage, isLast: Bool) async throws {
        let place = MessageWriter.Place(isFirst: !self.hasBegun, isLast: isLast)
        do {
            try await self.core.send(.part(part, place, self.compression))
        } catch {
            throw self.failed(error)
        }
        self.hasBegun = true
    }

    private mutating func failed(_ error: any Error) -> any Error {
        self.failure = error
        return error
    }

    private static var notText: WebSocketError {
        WebSocketError(.invalidText, "What was written to a text message is not UTF-8.")
    }
}

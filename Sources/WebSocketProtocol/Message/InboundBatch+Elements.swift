// Access to single messages and pieces.
extension InboundBatch {
    /// The message at `index`.
    /// - Parameter index: 0 up to, not including, ``count``; any other index traps, as with an array.
    @inlinable
    package subscript(index: Int) -> WebSocketMessage {
        let entry = self.entries[index]
        return WebSocketMessage(kind: entry.kind, bytes: self.bytes(of: entry))
    }

    /// The message at `index`, or a piece of a message.
    ///
    /// - Parameter index: 0 up to, not including, ``count``; any other index traps, as with an array.
    /// - Returns: The piece; a whole message is both the first and the last piece.
    @inlinable
    package func piece(at index: Int) -> MessagePiece {
        let entry = self.entries[index]
        return MessagePiece(
            kind: entry.kind,
            bytes: self.bytes(of: entry),
            isFirst: !entry.continues,
            isLast: !entry.isContinued
        )
    }

    /// The whole message at `index`, if it is not only a piece.
    ///
    /// - Parameter index: 0 up to, not including, ``count``; any other index traps, as with an array.
    /// - Returns: The message, or nil if it is a piece.
    @inlinable
    package func wholeMessage(at index: Int) -> WebSocketMessage? {
        let entry = self.entries[index]
        return entry.isPiece ? nil : WebSocketMessage(kind: entry.kind, bytes: self.bytes(of: entry))
    }

    @inlinable
    func bytes(of entry: Entry) -> MessageBytes {
        if !entry.ownsStorage, let shared = self.shared {
            MessageBytes(storage: shared, offset: entry.position, count: entry.count)
        } else {
            MessageBytes(storage: self.owned[entry.position], offset: 0, count: entry.count)
        }
    }
}

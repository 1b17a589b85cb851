/// Finds the data in a body with the chunked transfer coding (RFC 9112 §7.1).
///
/// ```
///   size ──► extension ──► sizeLineFeed ──► data ──► dataCarriageReturn ──► dataLineFeed ──► size
///     └───────────────────────┘    └──► trailer ──► trailerLineFeed ──► (trailer | complete)
/// ```
/// Chunk extensions and trailer fields are skipped, up to a limit. A size must fit in `Int`. Nothing is allocated.
struct ChunkedDecoder: Sendable {
    /// The maximum number of bytes to skip: the extensions of one chunk, or all trailer fields.
    static let maximumSkippedBytes = 8_192

    /// The meaning of the next bytes.
    struct Step: Equatable {
        /// At least one byte.
        let consumed: Int
        /// True for data of the body, false for the chunk coding around it.
        let isData: Bool
    }

    private enum State {
        case size(digits: Int)
        case `extension`
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailer(isLineEmpty: Bool)
        case trailerLineFeed(isLineEmpty: Bool)
        case complete
    }

    private var state = State.size(digits: 0)
    private var remaining = 0
    private var skippedByteCount = 0

    var isComplete: Bool {
        if case .complete = self.state { true } else { false }
    }

    /// Takes the next bytes of one kind.
    ///
    /// - Parameter bytes: At least one byte; must not be called once complete.
    /// - Returns: How many bytes were taken and whether they are data.
    /// - Throws: ``HandshakeError/Code/malformedMessage``.
    mutating func step(_ bytes: Span<UInt8>) throws(HandshakeError) -> Step {
        guard case .data = self.state else {
            try self.receive(bytes[0])
            return Step(consumed: 1, isData: false)
        }
        let count = min(bytes.count, self.remaining)
        self.remaining -= count
        if self.remaining == 0 { self.state = .dataCarriageReturn }
        return Step(consumed: count, isData: true)
    }

    private mutating func receive(_ byte: UInt8) throws(HandshakeError) {
        switch self.state {
        case .size(let digits): try self.receivedSizeByte(byte, digits: digits)
        case .extension: try self.receivedExtensionByte(byte)
        case .sizeLineFeed:
            try Self.expect(HTTPCharacter.lineFeed, byte)
            self.state = self.remaining == 0 ? .trailer(isLineEmpty: true) : .data
            self.skippedByteCount = 0
        case .dataCarriageReturn:
            try Self.expect(HTTPCharacter.carriageReturn, byte)
            self.state = .dataLineFeed
        case .dataLineFeed:
            try Self.expect(HTTPCharacter.lineFeed, byte)
            self.state = .size(digits: 0)
        case .trailer(let isLineEmpty): try self.receivedTrailerByte(byte, isLineEmpty: isLineEmpty)
        case .trailerLineFeed(let isLineEmpty):
            try Self.expect(HTTPCharacter.lineFeed, byte)
            self.state = isLineEmpty ? .complete : .trailer(isLineEmpty: true)
        case .data, .complete: break
        }
    }

    private mutating func receivedSizeByte(_ byte: UInt8, digits: Int) throws(HandshakeError) {
        if let digit = HTTPCharacter.hexValue(byte) {
            let (shifted, overflow) = self.remaining.multipliedReportingOverflow(by: 16)
            guard !overflow else { throw HandshakeError(.malformedMessage, "A chunk size does not fit in 63 bits.") }
            self.remaining = shifted | Int(digit)
            // Leading zeros are legal, but their number is limited.
            try self.skip()
            self.state = .size(digits: digits + 1)
            return
        }
        guard digits > 0 else {
            throw HandshakeError(.malformedMessage, "Found \(Excerpt(byte: byte)) where a chunk size must be.")
        }
        switch byte {
        case HTTPCharacter.carriageReturn: self.state = .sizeLineFeed
        case HTTPCharacter.semicolon, HTTPCharacter.space, HTTPCharacter.horizontalTab: self.state = .extension
        default: throw HandshakeError(.malformedMessage, "Found \(Excerpt(byte: byte)) in a chunk size.")
        }
    }

    private mutating func receivedExtensionByte(_ byte: UInt8) throws(HandshakeError) {
        if byte == HTTPCharacter.carriageReturn {
            self.state = .sizeLineFeed
        } else {
            try self.skip(byte)
        }
    }

    private mutating func receivedTrailerByte(_ byte: UInt8, isLineEmpty: Bool) throws(HandshakeError) {
        if byte == HTTPCharacter.carriageReturn {
            self.state = .trailerLineFeed(isLineEmpty: isLineEmpty)
        } else {
            try self.skip(byte)
            self.state = .trailer(isLineEmpty: false)
        }
    }

    private mutating func skip(_ byte: UInt8) throws(HandshakeError) {
        guard HTTPCharacter.isReceivable(byte) else {
            throw HandshakeError(.malformedMessage, "Found \(Excerpt(byte: byte)) in a chunk extension or trailer.")
        }
        try self.skip()
    }

    private mutating func skip() throws(HandshakeError) {
        self.skippedByteCount += 1
        guard self.skippedByteCount <= Self.maximumSkippedBytes else {
            throw HandshakeError(
                .malformedMessage,
                "A chunk size line or the trailer is longer than \(Self.maximumSkippedBytes) bytes."
            )
        }
    }

    private static func expect(_ expected: UInt8, _ byte: UInt8) throws(HandshakeError) {
        guard byte == expected else {
            throw HandshakeError(
                .malformedMessage,
                "Found \(Excerpt(byte: byte)) in a chunked body where \(Excerpt(byte: expected)) must be."
            )
        }
    }
}

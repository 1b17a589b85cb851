#if RED_CONTROLS
internal import RedControls
#endif

/// Makes text of bytes that come in pieces, such as the output of a terminal.
///
/// ```swift
/// var reader = UTF8Reader()
/// for try await chunk in terminal.output { print(reader.read(chunk.bytes), terminator: "") }
/// print(reader.finish())
/// ```
///
/// A character that is cut between two pieces is joined: its first bytes wait for the next piece. All texts together
/// are what `String(decoding:as:)` makes of all bytes together: each maximal part of a character that can't be one
/// becomes one U+FFFD (Unicode 16.0, section 3.9, *Substitution of Maximal Subparts*).
///
/// At most 3 bytes wait. Bad bytes are no error.
public struct UTF8Reader: Sendable, Hashable {
    /// The first bytes of a character whose other bytes have not come; at most 3.
    private var waiting: [UInt8] = []

    /// Creates a reader.
    public init() {}

    /// The number of bytes that wait for the rest of their character: 0 to 3.
    public var waitingByteCount: Int { self.waiting.count }

    /// Reads the next piece.
    ///
    /// - Parameter bytes: The piece; any size, also empty.
    /// - Returns: The text of all complete characters; empty if there is none.
    public mutating func read(_ bytes: some Sequence<UInt8>) -> String {
        let all = self.waiting + bytes
        let complete = all.count - Self.beginningLength(at: all)
        self.waiting = Array(all[complete...])
        return String(decoding: all[..<complete], as: UTF8.self)
    }

    /// Ends the text: the beginning of a character that waits becomes U+FFFD.
    ///
    /// Afterwards the reader can read another text.
    ///
    /// - Returns: U+FFFD, or the empty text if no byte waits.
    public mutating func finish() -> String {
        defer { self.waiting = [] }
        return String(decoding: self.waiting, as: UTF8.self)
    }

    /// The number of bytes at the end that are the beginning of a character, and not all of it: 0 to 3.
    private static func beginningLength(at bytes: [UInt8]) -> Int {
        #if RED_CONTROLS
        if RedControl.isActive(.cutCharacterNotJoined) { return 0 }
        #endif
        for length in 1...3 where length <= bytes.count {
            let first = bytes[bytes.count - length]
            // A continuation byte: the first byte of its character is before it.
            if first & 0xC0 == 0x80 { continue }
            return Self.isBeginning(bytes.suffix(length)) ? length : 0
        }
        return 0
    }

    /// Whether bytes, of which only the first one is no continuation byte, can become one character with more bytes
    /// (Unicode 16.0, table 3-7).
    private static func isBeginning(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let (size, seconds) = Self.form(of: first), bytes.count < size else {
            return false
        }
        return bytes.dropFirst().first.map(seconds.contains) ?? true
    }

    /// The size of a character by its first byte, and its possible second bytes; nil if no longer character begins so.
    private static func form(of first: UInt8) -> (size: Int, seconds: ClosedRange<UInt8>)? {
        switch first {
        case 0xC2...0xDF: (2, 0x80...0xBF)
        case 0xE0: (3, 0xA0...0xBF)
        case 0xED: (3, 0x80...0x9F)
        case 0xE1...0xEF: (3, 0x80...0xBF)
        case 0xF0: (4, 0x90...0xBF)
        case 0xF1...0xF3: (4, 0x80...0xBF)
        case 0xF4: (4, 0x80...0x8F)
        default: nil
        }
    }
}

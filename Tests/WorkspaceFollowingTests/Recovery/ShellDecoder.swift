/// Turns bytes into text as a server that writes JSON does, and knows where in the bytes each character begins.
struct ShellDecoder {
    /// How a server writes bytes that are no character.
    enum Style: CaseIterable {
        /// One U+FFFD for each byte, as Go.
        case eachByte

        /// One U+FFFD for each maximal subpart of a character, as the Unicode Standard advises.
        case eachSubpart
    }

    /// A piece of text and where its first byte was.
    struct Piece {
        let start: Int
        let length: Int
        let isCharacter: Bool
    }

    private(set) var text = ""
    private(set) var pieces: [Piece] = []

    init(_ bytes: some RandomAccessCollection<UInt8>, style: Style) {
        let bytes = Array(bytes)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        self.pieces.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                output.append(bytes[index])
                self.pieces.append(Piece(start: index, length: 1, isCharacter: true))
                index += 1
                continue
            }
            let (length, isWhole) = Self.character(in: bytes, at: index)
            let taken = isWhole || style == .eachSubpart ? length : 1
            output.append(contentsOf: isWhole ? bytes[index..<index + length] : [0xEF, 0xBF, 0xBD])
            // A program can write U+FFFD itself; it can't be told from the others.
            let isReplacement = isWhole && bytes[index..<index + length].elementsEqual([0xEF, 0xBF, 0xBD])
            self.pieces.append(Piece(start: index, length: taken, isCharacter: isWhole && !isReplacement))
            index += taken
        }
        self.text = String(decoding: output, as: UTF8.self)
    }

    /// The length of the character at an index, or of the part of one that is there.
    private static func character(in bytes: [UInt8], at index: Int) -> (length: Int, isWhole: Bool) {
        let lead = bytes[index]
        let second: ClosedRange<UInt8>
        let count: Int
        switch lead {
        case 0xC2...0xDF: (second, count) = (0x80...0xBF, 2)
        case 0xE0: (second, count) = (0xA0...0xBF, 3)
        case 0xED: (second, count) = (0x80...0x9F, 3)
        case 0xE1...0xEF: (second, count) = (0x80...0xBF, 3)
        case 0xF0: (second, count) = (0x90...0xBF, 4)
        case 0xF4: (second, count) = (0x80...0x8F, 4)
        case 0xF1...0xF3: (second, count) = (0x80...0xBF, 4)
        default: return (1, false)
        }
        var length = 1
        while length < count, index + length < bytes.count {
            let allowed = length == 1 ? second : 0x80...0xBF
            guard allowed.contains(bytes[index + length]) else { break }
            length += 1
        }
        return (length, length == count)
    }

    /// Where in the bytes the text behind so many bytes of UTF-8 begins; `nil` inside of a character.
    func byteOffset(ofUTF8Offset offset: Int) -> Int? {
        var utf8 = 0
        for piece in self.pieces {
            if utf8 == offset { return piece.start }
            utf8 += piece.isCharacter ? piece.length : 3
        }
        return utf8 == offset ? self.pieces.last.map { $0.start + $0.length } ?? 0 : nil
    }
}

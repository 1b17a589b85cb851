import TestSupport
import Testing
import WorkspaceProtocol

@Suite("Text in pieces")
struct UTF8ReaderTests {
    private static func read(_ pieces: [[UInt8]]) -> [String] {
        var reader = UTF8Reader()
        return pieces.map { reader.read($0) } + [reader.finish()]
    }

    @Test("A character that is cut between two pieces is joined", arguments: ["ü", "€", "\u{D7FF}", "😀", "\u{10FFFF}"])
    func joins(character: String) {
        let bytes = Array(character.utf8)
        for cut in 1..<bytes.count {
            let pieces = [Array("a".utf8) + Array(bytes[..<cut]), Array(bytes[cut...]) + Array("z".utf8)]
            #expect(Self.read(pieces) == ["a", "\(character)z", ""])
        }
        let texts = Array(repeating: "", count: bytes.count - 1) + [character, ""]
        #expect(Self.read(bytes.map { [$0] }) == texts)
    }

    @Test(
        "Invalid bytes become U+FFFD, one for each maximal part, as soon as they are known",
        arguments: [
            ([[0xFF, 0x41]], ["\u{FFFD}A", ""]),
            ([[0x80, 0x80]], ["\u{FFFD}\u{FFFD}", ""]),
            // Too long for its number, a surrogate, beyond U+10FFFF: the first byte already can't begin a character so.
            ([[0xE0], [0x80]], ["", "\u{FFFD}\u{FFFD}", ""]),
            ([[0xED], [0xA0, 0x80]], ["", "\u{FFFD}\u{FFFD}\u{FFFD}", ""]),
            ([[0xF4, 0x90]], ["\u{FFFD}\u{FFFD}", ""]),
            ([[0xC1]], ["\u{FFFD}", ""]),
            // Three bytes of a character, then another one: together one U+FFFD.
            ([[0xF0, 0x9F], [0x98], [0x41]], ["", "", "\u{FFFD}A", ""]),
        ] as [([[UInt8]], [String])]
    )
    func invalid(pieces: [[UInt8]], texts: [String]) { #expect(Self.read(pieces) == texts) }

    @Test("At the end, a character that is cut becomes one U+FFFD, and the reader can begin again")
    func end() {
        var reader = UTF8Reader()
        #expect(reader.read([0xF0, 0x9F, 0x98]) == "")
        #expect(reader.waitingByteCount == 3)
        #expect(reader.finish() == "\u{FFFD}")
        #expect(reader.waitingByteCount == 0)
        #expect(reader.read([0x80]) == "\u{FFFD}")
        #expect(reader.finish() == "")
    }

    @Test("Any bytes in any pieces give the text of all bytes together, and at most 3 bytes wait", arguments: 1...20)
    func anyPieces(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<1000 {
            let bytes = Self.bytes(&random)
            var reader = UTF8Reader()
            var text = ""
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 0...5, using: &random)
                text += reader.read(rest.prefix(count))
                rest = rest.dropFirst(count)
                #expect(reader.waitingByteCount <= 3)
            }
            text += reader.finish()
            #expect(Array(text.utf8) == Array(String(decoding: bytes, as: UTF8.self).utf8), "\(bytes)")
        }
    }

    private static let common: [UInt8] = [0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF]

    /// Whole characters, cut ones, and bytes that are often found in both.
    private static func bytes(_ random: inout SplitMix64) -> [UInt8] {
        (0..<Int.random(in: 0...12, using: &random)).flatMap { _ -> [UInt8] in
            switch Int.random(in: 0..<4, using: &random) {
            case 0: return [UInt8.random(in: .min ... .max, using: &random)]
            case 1: return [Self.common.randomElement(using: &random) ?? 0]
            default:
                let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) ?? "x"
                let whole = Array(String(scalar).utf8)
                return Array(whole.prefix(Int.random(in: 1...8, using: &random)))
            }
        }
    }
}

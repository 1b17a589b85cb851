import CByteScan
import TestSupport
import Testing
import WebSocketProtocol

@Suite("UTF-8 validator")
struct UTF8ValidatorTests {
    /// The validator's verdict about text that comes in these parts.
    private static func verdict(_ parts: [[UInt8]]) -> UTF8Reference.Verdict {
        var validator = UTF8Validator()
        var index = 0
        for part in parts {
            guard part.withUnsafeBytes({ validator.accept($0) }) else { return .impossible(at: index) }
            index += part.count
        }
        return validator.isAtBoundary ? .complete : .incomplete
    }

    /// Compares with the reference: at once, byte by byte, with and without the first bad byte, and as a whole.
    private static func agrees(_ bytes: [UInt8]) -> Bool {
        let expected = UTF8Reference.check(bytes)
        guard self.verdict(bytes.map { [$0] }) == expected else { return false }
        let isValid = expected == .complete
        guard bytes.withUnsafeBytes({ UTF8Validator.isValid($0) }) == isValid else { return false }
        // -1 if the processor lacks the instructions.
        for check in [byte_scan_is_utf8_ssse3, byte_scan_is_utf8_avx2] {
            guard [isValid ? 1 : 0, -1].contains(check(bytes, bytes.count)) else { return false }
        }
        guard case .impossible(let index) = expected else { return self.verdict([bytes]) == expected }
        let (good, bad) = (Array(bytes[..<index]), Array(bytes[...index]))
        return self.verdict([bytes]) == .impossible(at: 0)
            && self.verdict([bad]) == .impossible(at: 0)
            && self.verdict([good]) == UTF8Reference.check(good)
            && self.verdict([good, [bytes[index]]]) == .impossible(at: index)
    }

    private static func expectAgreement(_ bytes: [UInt8], _ context: @autoclosure () -> String = "") {
        if !self.agrees(bytes) { Issue.record("\(bytes) \(context()): reference says \(UTF8Reference.check(bytes))") }
    }

    @Test("Every sequence of one and of two bytes has the verdict of the Unicode table")
    func agreesOnShortSequences() {
        Self.expectAgreement([])
        for first in UInt8.min ... .max {
            Self.expectAgreement([first])
            for second in UInt8.min ... .max { Self.expectAgreement([first, second]) }
        }
    }

    private static let edges: [UInt8] = [0x00, 0x7F, 0x80, 0xBF, 0xC0, 0xFF]

    @Test("Every lead and second byte with the edges of what can follow has the verdict of the Unicode table")
    func agreesOnLongSequences() {
        for first in UInt8(0xC0) ... .max {
            for second in [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF] as [UInt8] {
                for third in Self.edges {
                    for fourth in Self.edges { Self.expectAgreement([first, second, third, fourth, 0x41]) }
                }
            }
        }
    }

    private static let scalars: [UInt32] = [
        0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000, 0x3FFFF,
        0x40000, 0xFFFFF, 0x100000, 0x10FFFF,
    ]

    /// Lengths around which a validator that works on blocks changes to another path.
    private static let paddings = Array(0...35) + [47, 48, 63, 64, 65]

    @Test(
        "The first and last scalar of each form is accepted, wherever it lies and however it is cut",
        arguments: scalars
    )
    func acceptsScalars(value: UInt32) throws {
        let scalar = Array(String(try #require(Unicode.Scalar(value))).utf8)
        for padding in Self.paddings {
            for tail in [0, 1, 20] {
                let ascii = [UInt8](repeating: 0x61, count: padding)
                let text = ascii + scalar + [UInt8](repeating: 0x7A, count: tail)
                Self.expectAgreement(text)
                for cut in padding...padding + scalar.count {
                    #expect(Self.verdict([Array(text[..<cut]), Array(text[cut...])]) == .complete)
                }
            }
        }
    }

    private static let malformed: [[UInt8]] = [
        // A single continuation, and bytes that are never valid.
        [0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xF8], [0xFC], [0xFE], [0xFF],
        // Overlong forms of "/", of U+7F, U+7FF and U+FFFF.
        [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xF0, 0x80, 0x80, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF],
        [0xF0, 0x8F, 0xBF, 0xBF], [0xF8, 0x88, 0x80, 0x80, 0x80],
        // Surrogates, single and as a pair.
        [0xED, 0xA0, 0x80], [0xED, 0xAF, 0xBF], [0xED, 0xB0, 0x80], [0xED, 0xBF, 0xBF],
        [0xED, 0xA0, 0x80, 0xED, 0xB0, 0x80],
        // Over U+10FFFF.
        [0xF4, 0x90, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
        // An incomplete code point.
        [0xC3, 0x28], [0xE2, 0x28], [0xE2, 0x82, 0x28], [0xF0, 0x9F, 0x28], [0xF0, 0x9F, 0x98, 0x28], [0xC3, 0xC3],
        [0xE2, 0x82, 0xE2, 0x82, 0xAC], [0xF0, 0x9F, 0x98, 0xF0, 0x9F, 0x98, 0x80],
    ]

    @Test("What is not UTF-8 is refused at the byte that shows it, wherever it lies", arguments: malformed)
    func refusesMalformed(bytes: [UInt8]) {
        guard case .impossible = UTF8Reference.check(bytes + [0x20]) else {
            Issue.record("the reference accepts \(bytes)")
            return
        }
        for lead in ["a", "é", "漢", "😀"] {
            for padding in Self.paddings {
                let before = Array(String(repeating: lead, count: padding).utf8)
                for after in [0, 1, 7, 16, 40] {
                    Self.expectAgreement(before + bytes + Array(String(repeating: lead, count: after).utf8))
                }
            }
        }
    }

    @Test("A text that ends inside a code point is not whole", arguments: ["é", "€", "😀"], [0, 1, 5, 6, 7, 8, 30, 31])
    func noticesTheCut(scalar: String, padding: Int) {
        let bytes = Array((String(repeating: "漢", count: padding) + scalar).utf8)
        for missing in 1..<scalar.utf8.count {
            let cut = Array(bytes.dropLast(missing))
            #expect(Self.verdict([cut]) == .incomplete)
            #expect(!cut.withUnsafeBytes { UTF8Validator.isValid($0) })
        }
    }

    @Test("ASCII behind a cut code point is refused, in the same part and in the next", arguments: ["é", "漢", "😀"])
    func refusesASCIIBehindACut(scalar: String) {
        // ASCII is skipped in blocks, but never while a continuation byte is missing.
        for padding in 0...70 {
            let whole = Array(String(repeating: scalar, count: padding).utf8)
            for kept in 1..<scalar.utf8.count {
                let cut = whole + Array(scalar.utf8.prefix(kept))
                for length in [1, 7, 8, 9, 31, 32, 33, 64, 100] {
                    let ascii = [UInt8](repeating: 0x61, count: length)
                    #expect(Self.verdict([cut, ascii]) == .impossible(at: cut.count))
                    #expect(Self.verdict([cut + ascii]) == .impossible(at: 0))
                }
            }
        }
    }

    /// Runs of scalars of one width, as in real text, sometimes with a damaged byte.
    private static func text(using random: inout SplitMix64) -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let range: ClosedRange<UInt32> =
                [0x20...0x7E, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF]
                .randomElement(using: &random) ?? 0x20...0x7E
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        var bytes = Array(text.utf8)
        if !bytes.isEmpty, Bool.random(using: &random) {
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0x78...0xFF, using: &random)
        }
        return bytes
    }

    @Test(
        "Random text, whole and damaged, has the verdict of the reference in every cut",
        arguments: 0..<4 as Range<UInt64>
    )
    func agreesOnRandomText(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<400 {
            let bytes = Self.text(using: &random)
            Self.expectAgreement(bytes, "seed \(seed)")
            let chunks = bytes.randomChunks(using: &random)
            switch (UTF8Reference.check(bytes), Self.verdict(chunks)) {
            case (.impossible, .impossible): break
            case (let expected, let verdict): #expect(verdict == expected, "seed \(seed), \(chunks)")
            }
        }
    }

    @Test("The standard library agrees on random text", arguments: 10..<14 as Range<UInt64>)
    func agreesWithTheStandardLibrary(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<1000 {
            let bytes = Self.text(using: &random)
            let isValid = bytes.withUnsafeBytes { UTF8Validator.isValid($0) }
            #expect(isValid == (String(validating: bytes, as: UTF8.self) != nil), "seed \(seed), \(bytes)")
        }
    }
}

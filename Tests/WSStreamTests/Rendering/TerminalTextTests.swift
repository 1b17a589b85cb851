import Testing

@testable import wsstream

@Suite("Escaping for terminals")
struct TerminalTextTests {
    @Test(
        "Controls and reordering characters are escaped, all else stays",
        arguments: [
            ("plain ✓ ü 日本 \\n", "plain ✓ ü 日本 \\n"),
            ("\n\r\t", #"\n\r\t"#),
            ("\u{1B}[2J", #"\e[2J"#),
            ("\u{0}\u{7}\u{8}\u{7F}", #"\u{0}\u{7}\u{8}\u{7f}"#),
            ("\u{9B}31m", #"\u{9b}31m"#),
            ("a\u{202E}b\u{2066}c\u{61C}d\u{200F}e\u{2028}", #"a\u{202e}b\u{2066}c\u{61c}d\u{200f}e\u{2028}"#),
            ("\u{A0}\u{C2}\u{2010}\u{2065}\u{206A}", "\u{A0}\u{C2}\u{2010}\u{2065}\u{206A}"),
            ("", ""),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(TerminalText.escaped(text) == expected)
    }

    @Test("No control character of the first 256, alone or in a text, is left")
    func leavesNoControls() throws {
        for value in UInt32(0)..<256 {
            let scalar = try #require(Unicode.Scalar(value))
            let escaped = TerminalText.escaped("a\(scalar)b")
            let isControl = scalar.properties.generalCategory == .control
            #expect(escaped.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }, "U+\(value)")
            #expect((escaped.unicodeScalars.count == 3) == !isControl, "U+\(value)")
        }
    }
}

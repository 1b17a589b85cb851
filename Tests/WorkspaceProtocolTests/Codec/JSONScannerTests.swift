import Testing

@testable import WorkspaceProtocol

@Suite("Scanning JSON values") struct JSONScannerTests {
    /// Calls `read` with a text, and checks that it stops at the end of the value.
    private func scan<Value>(
        _ text: String,
        _ read: (inout JSONScanner) throws -> Value
    ) throws -> Value {
        try [UInt8](text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            let value = try read(&scanner)
            try scanner.finish()
            return value
        }
    }

    /// Whether the scanner saw that the string at the start of a text is ASCII.
    private func isASCII(_ text: String) throws -> Bool {
        try [UInt8](text.utf8).withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            return try scanner.stringToken().isASCII
        }
    }

    @Test(
        "A number without a fraction is an integer in any spelling",
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-12", -12), ("1.0", 1), ("1e3", 1000), ("1E+3", 1000), ("1000e-3", 1),
            ("-0.0", 0), ("0e999999999999999999999", 0), ("0.5e1", 5), ("12.50e1", 125),
            ("1e18", 1_000_000_000_000_000_000),
            ("999999999999999999", 999_999_999_999_999_999), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("-9223372036854775808.0", .min), ("9223372036854775807.000", .max),
            ("9.223372036854775807e18", .max), ("1000000000000000000000e-3", 1_000_000_000_000_000_000),
            ("1e0000000000000000000000000000003", 1000), ("100000000000000000000000000000000000000e-38", 1),
        ] as [(String, Int64)]
    )
    func readsInteger(text: String, value: Int64) throws {
        #expect(try self.scan(text) { try $0.integer() } == value)
    }

    @Test(
        "A number that is no integer of 64 bits is an error, but can be skipped",
        arguments: [
            "1.5", "1e-1", "1e19", "9223372036854775808", "-9223372036854775809", "1e400", "-1e400", "1e-400",
            "1e99999999999999999999", "1e-99999999999999999999", "1.0000000000000000000000000001",
            "123456789012345678901234567890", "9223372036854775807.5",
        ]
    )
    func rejectsOutOfRange(text: String) throws {
        #expect(throws: JSONFailure(.numberOutOfRange, at: 0)) { try self.scan(text) { try $0.integer() } }
        try self.scan(text) { try $0.skipValue() }
    }

    @Test(
        "A number that breaks the grammar is an error, read or skipped",
        arguments: [
            "-", "+1", "01", "-01", "00", "1.", "1.e1", ".5", "1e", "1e+", "1e-", "--1", "1-2", "0x10", "1_0", "1.2.3",
            "1e1.5", "NaN", "Infinity", "-Infinity", "1 2",
        ]
    )
    func rejectsInvalidNumber(text: String) {
        #expect(throws: JSONFailure.self) { try self.scan(text) { try $0.integer() } }
        #expect(throws: JSONFailure.self) { try self.scan(text) { try $0.skipValue() } }
    }

    @Test(
        "Escapes become their characters",
        arguments: [
            (#""""#, ""), (#""a""#, "a"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
            (#""\u0041\u00e9\u00E9\u20AC""#, "Aéé€"), (#""\ud83d\ude00!""#, "\u{1F600}!"), (#""\u0000""#, "\u{0}"),
            (#""\uFFFF\uD7FF\uE000""#, "\u{FFFF}\u{D7FF}\u{E000}"), (#""\udbff\udfff""#, "\u{10FFFF}"),
            ("\"é€\u{1F600}\\n\"", "é€\u{1F600}\n"), ("\"\u{7F}\u{80}\"", "\u{7F}\u{80}"),
        ]
    )
    func readsEscapes(text: String, value: String) throws {
        #expect(try self.scan(text) { try $0.string() } == value)
        try self.scan(text) { try $0.skipValue() }
    }

    @Test(
        "Half of a surrogate pair is U+FFFD, and what follows it is read",
        arguments: [
            (#""\ud800""#, "\u{FFFD}"), (#""\udc00""#, "\u{FFFD}"), (#""\ud800x""#, "\u{FFFD}x"),
            (#""\ud800\n""#, "\u{FFFD}\n"), (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud800\ud800""#, "\u{FFFD}\u{FFFD}"),
            (#""\ud800\ud83d\ude00""#, "\u{FFFD}\u{1F600}"), (#""\udc00\ud800""#, "\u{FFFD}\u{FFFD}"),
            (#""é\uDFFF\u00e9""#, "é\u{FFFD}é"), (#""\udbff\u""#.replacing("\\u\"", with: "\""), "\u{FFFD}"),
        ]
    )
    func repairsHalves(text: String, value: String) throws {
        for padding in ["", String(repeating: "a", count: 40), String(repeating: "a", count: 2_000)] {
            let text = "\"\(padding)\(text.dropFirst())"
            let read = try self.scan(text) { scanner in
                let value = try scanner.string()
                #expect(scanner.deviations == .repairedText)
                return value
            }
            #expect(read == padding + value)
            try self.scan(text) { scanner in
                try scanner.skipValue()
                #expect(scanner.deviations == .repairedText)
            }
        }
    }

    @Test(
        "A string that breaks the grammar is an error, read or skipped",
        arguments: [
            ("\"", JSONFailure.Reason.unexpectedEnd, 1), ("\"a", .unexpectedEnd, 2), (#""\"#, .unexpectedEnd, 2),
            (#""\""#, .unexpectedEnd, 3), ("\"\u{0}\"", .controlCharacter, 1), ("\"a\n\"", .controlCharacter, 2),
            ("\"12345678\t\"", .controlCharacter, 9), ("\"\u{1F}\"", .controlCharacter, 1),
            (#""\x""#, .invalidEscape, 1), (#""\U0041""#, .invalidEscape, 1), (#""a\u12""#, .invalidEscape, 2),
            (#""\u00g0""#, .invalidEscape, 1), (#""\u+123""#, .invalidEscape, 1), (#""\é""#, .invalidEscape, 1),
            (#""\ud800\uzzzz""#, .invalidEscape, 7), (#""\ud800\u""#, .invalidEscape, 7),
            (#""\ud80""#, .invalidEscape, 1),
        ]
    )
    func rejectsInvalidString(text: String, reason: JSONFailure.Reason, offset: Int) {
        #expect(throws: JSONFailure(reason, at: offset)) { try self.scan(text) { try $0.string() } }
        #expect(throws: JSONFailure(reason, at: offset)) { try self.scan(text) { try $0.skipValue() } }
    }

    @Test("A stop is found at every place of a word, and a character above ASCII before it is noticed")
    func findsStopAnywhere() throws {
        for length in 0...40 {
            let plain = String(repeating: "a", count: length)
            #expect(try self.scan("\"\(plain)\"") { try $0.string() } == plain)
            #expect(try self.scan("\"\(plain)\\t\(plain)\"") { try $0.string() } == "\(plain)\t\(plain)")
            #expect(try self.scan("\"\(plain)é\(plain)\"") { try $0.string() } == "\(plain)é\(plain)")
            #expect(try self.isASCII("\"\(plain)é\"         ") == false)
            #expect(try self.isASCII("\"\(plain)\"é         "))
        }
    }

    @Test("A control character is an error at every place of a string")
    func rejectsControlCharacterAnywhere() {
        for length in 0...40 {
            let plain = String(repeating: "a", count: length)
            for character in ["\u{0}", "\u{1F}", "\n"] {
                let text = "\"\(plain)\(character)\"                "
                let failure = JSONFailure(.controlCharacter, at: length + 1)
                #expect(throws: failure) { try self.scan(text) { try $0.string() } }
                #expect(throws: JSONFailure(.controlCharacter, at: length + 3)) {
                    try self.scan("\"\\n\(text.dropFirst())") { try $0.string() }
                }
            }
        }
    }

    @Test("An escape is undone at every place, behind any number of backslashes", arguments: ["", "                "])
    func readsEscapesAnywhere(behind: String) throws {
        for length in 0...34 {
            let plain = String(repeating: "a", count: length)
            for count in 0...34 {
                let backslashes = String(repeating: "\\", count: count)
                let text = "\"\(plain)\(backslashes)\(backslashes)\\\"\(plain)\\u003e\"\(behind)"
                let value = "\(plain)\(backslashes)\"\(plain)>"
                #expect(try self.scan(text) { try $0.string() } == value)
                let even = "\"\(plain)\(backslashes)\(backslashes)\"\(behind)"
                #expect(try self.scan(even) { try $0.string() } == plain + backslashes)
            }
        }
    }

    @Test("A value with escapes is read completely at any length, and so are its errors")
    func readsLongValues() throws {
        for length in Array(990...1040) + [5000] {
            let plain = String(repeating: "a", count: length)
            for (escape, character) in [("\\n", "\n"), ("\\u20AC", "€"), ("\\ud83d\\ude00", "\u{1F600}")] {
                #expect(try self.scan("\"\(plain)\(escape)\"") { try $0.string() } == plain + character)
                #expect(try self.scan("\"\(escape)\(plain)é\"") { try $0.string() } == character + plain + "é")
            }
            #expect(throws: JSONFailure(.invalidEscape, at: length + 3)) {
                try self.scan("\"\\n\(plain)\\x\"") { try $0.string() }
            }
        }
    }

    @Test("Each block of backslashes gives the same escapes as reading byte by byte", arguments: [false, true])
    func tracksEscapes(beginsEscaped: Bool) {
        for backslashes in UInt32(0)...0xFFFF {
            var tracker = EscapeTracker()
            if beginsEscaped { _ = tracker.escaped(by: 0x8000) }
            var expected: UInt32 = 0
            var isEscaped = beginsEscaped
            for place in UInt32(0)..<16 {
                if isEscaped { expected |= 1 << place }
                isEscaped = !isEscaped && backslashes & 1 << place != 0
            }
            let found = tracker.escaped(by: backslashes)
            let next = tracker.escaped(by: 0)
            guard found != expected || next != (isEscaped ? 1 : 0) else { continue }
            Issue.record("\(String(backslashes, radix: 2)): \(String(found, radix: 2)), then \(next)")
            return
        }
    }

    @Test(
        "Well-formed values are skipped whole",
        arguments: [
            "null", "true", "false", "0", "\"\"", "[]", "{}", "[ ]", "{ }", "[1,2]", "[ 1 , [ 2 , { } ] , 3 ]",
            #"{"a":1}"#, #"{ "a" : [ { "b" : null } ] , "a" : "x" }"#, "[[],[[]],{},{\"a\":{}}]", #"{"\u0061é":true}"#,
        ]
    )
    func skips(text: String) throws {
        try self.scan(text) { try $0.skipValue() }
    }

    @Test(
        "Ill-formed values are not skipped",
        arguments: [
            "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,]", "[,1]", "[1 2]", "{,}", #"{"a"}"#, #"{"a":}"#,
            #"{"a":1,}"#, #"{"a" 1}"#, "{1:2}", "{a:1}", "{'a':1}", "[1}", #"{"a":1]"#, "[]]", "tru", "trues", "nul",
            "falsE", "True", "[1,[2,]]", #"{"\x":1}"#, "// c\n1", "/**/1", "\u{B}1", "\u{A0}1", "undefined",
        ]
    )
    func rejects(text: String) {
        #expect(throws: JSONFailure.self) { try self.scan(text) { try $0.skipValue() } }
    }
}

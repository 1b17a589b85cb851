import Testing

@testable import WebSocketProtocol

@Suite("Sec-WebSocket-Extensions")
struct ExtensionHeaderTests {
    private typealias Element = ExtensionHeader.Element
    private typealias Parameter = ExtensionHeader.Parameter

    @Test(
        "Extensions are names with parameters; the shortest form is written",
        arguments: [
            (["a"], "a"),
            (["a, b"], "a, b"),
            (["a", "b"], "a, b"),
            ([" a ;b = c\t;\td , e;f=\"g\" "], "a; b=c; d, e; f=g"),
            (["permessage-deflate; client_max_window_bits"], "permessage-deflate; client_max_window_bits"),
            (["a;b=1;b=2, a"], "a; b=1; b=2, a"),
            ([",a,,b , ,"], "a, b"),
            (["", "a"], "a"),
            (["constructor; __proto__=toString"], "constructor; __proto__=toString"),
            ([], ""),
        ]
    )
    func parses(values: [String], written: String) throws {
        #expect(try ExtensionHeader(parsing: values, from: .server).value == written)
    }

    @Test(
        "A quoted value equals the same value without quotes",
        arguments: ["a; b=\"10\"", "a; b=\"\\10\"", "a; b=\"\\1\\0\"", "a ; b = \"10\" "]
    )
    func unquotes(value: String) throws {
        let expected = try ExtensionHeader(parsing: ["a; b=10"], from: .server)
        #expect(try ExtensionHeader(parsing: [value], from: .server) == expected)
        #expect(expected.elements == [Element(name: "a", parameters: [Parameter(name: "b", value: "10")])])
    }

    @Test("A parameter without a value differs from one with a value")
    func keepsMissingValue() throws {
        let parameters = try ExtensionHeader(parsing: ["a; b; c=d"], from: .server).elements.first?.parameters
        #expect(parameters == [Parameter(name: "b"), Parameter(name: "c", value: "d")])
    }

    @Test(
        "A header that is not of that form is refused",
        arguments: [
            "", " ", ",", ",,,", ", ,", ";", "=", "a;", "a; ", "a;;b", "; b", "a b", "a; b c", "a; b=", "a; =c",
            "a; b=,c",
            "a; b=c d", "a; b==c", "a; b=\"\"", "a; b=\"c", "a; b=\"c\\", "a; b=\"c\\\"", "a; b=\"", "a; b=\"c d\"",
            "a; b=\"c,d\"", "a; b=\"c\"d", "a; b=\"\\\"\"", "\"a\"", "a; \"b\"", "a/b", "a; b=c/d", "a; b=\u{E9}",
            "\u{E9}",
            "a; b=9 9", "a=b", "a\u{7F}", "a;b=\"\u{0}\"",
        ]
    )
    func refuses(value: String) {
        #expect(handshakeErrorCode { _ = try ExtensionHeader(parsing: [value], from: .server) } == .invalidExtension)
    }

    @Test("Only a client may send a field without a value, and no commas")
    func readsNoOffer() throws {
        #expect(try ExtensionHeader(parsing: [""], from: .client).elements == [])
        #expect(try ExtensionHeader(parsing: ["", ""], from: .client).elements == [])
        #expect(try ExtensionHeader(parsing: ["", "a"], from: .client).elements.map(\.name) == ["a"])
        for values in [[","], ["", ", ,"]] {
            #expect(handshakeErrorCode { _ = try ExtensionHeader(parsing: values, from: .client) } == .invalidExtension)
        }
    }

    @Test("A quoted string does not continue in the next field")
    func keepsFieldsApart() {
        let code = handshakeErrorCode { _ = try ExtensionHeader(parsing: ["a; b=\"c", "d\""], from: .server) }
        #expect(code == .invalidExtension)
    }

    @Test("A value of 64 KiB is read to its end, and the message about a bad one stays short")
    func readsLargeValue() throws {
        let long = String(repeating: "x", count: 65_536)
        #expect(try ExtensionHeader(parsing: ["\(long); y=\(long)"], from: .server).elements.first?.name == long)
        let many = [String(repeating: "a,", count: 32_768)]
        #expect(try ExtensionHeader(parsing: many, from: .server).elements.count == 32_768)
        let error = handshakeError { _ = try ExtensionHeader(parsing: ["a; b=\"" + long], from: .server) }
        #expect(try #require(error).message.utf8.count < 300)
    }

    @Test(
        "Parsing takes time linear in the length, for good and bad values",
        arguments: [
            ("b", " ", "x"), ("a", ";b", ""), ("a; b=\"", "\\\"", ""), ("a; b=\"", "\\x", "\""), ("", ",", ""),
            ("a", ",a", ""), ("", "\"", ""), ("a; b=", "\"", ""),
        ]
    )
    func parsesInLinearTime(start: String, filler: String, end: String) {
        let isLinear = isLinear(from: 1 << 13) { count in
            let value = start + String(repeating: filler, count: count) + end
            return { _ = try? ExtensionHeader(parsing: [value], from: .server) }
        }
        #expect(isLinear)
    }

    @Test(
        "An extension to send has names and values that are tokens",
        arguments: [
            ("", nil, nil), ("a b", nil, nil), ("a\r\n", nil, nil), ("a", "", nil), ("a", "b;c", nil), ("a", "b", ""),
            ("a", "b", "c d"), ("a", "b", "\"c\""), ("a", "b", "c\r\nX: y"), ("a", "b", "\0"), ("\u{E9}", nil, nil),
        ] as [(String, String?, String?)]
    )
    func checksOffer(name: String, parameter: String?, value: String?) {
        let parameters = parameter.map { [Parameter(name: $0, value: value)] } ?? []
        let code = handshakeErrorCode { _ = try ExtensionHeader([Element(name: name, parameters: parameters)]) }
        #expect(code == .invalidOffer)
    }
}

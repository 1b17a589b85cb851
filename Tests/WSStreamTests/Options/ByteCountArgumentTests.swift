import Testing

@testable import wsstream

@Suite("Numbers of bytes as they are typed")
struct ByteCountArgumentTests {
    @Test(
        "A number, and a unit in any case",
        arguments: [
            ("1", 1), ("65536", 65_536), ("10B", 10), ("4KiB", 4_096), ("256MiB", 256 << 20), ("256mib", 256 << 20),
            ("2GiB", 2 << 30), ("1kB", 1_000), ("5MB", 5_000_000), ("3GB", 3_000_000_000), ("64M", 64 << 20),
            ("1024GiB", 1 << 40), ("007", 7),
        ]
    )
    func parses(text: String, expected: Int) throws {
        #expect(try ByteCountArgument(parsing: text).bytes == expected)
    }

    @Test(
        "What is wrong is said exactly",
        arguments: [
            ("", .empty), ("10x", .unknownUnit("x")), ("10 MiB", .notANumber("10 MiB")), ("MiB", .notANumber("MiB")),
            ("-1", .notANumber("-1")), ("1.5MiB", .notANumber("1.5MiB")), ("0", .outOfRange("0")),
            ("1025GiB", .outOfRange("1025GiB")), ("99999999999999999999", .outOfRange("99999999999999999999")),
            ("9223372036854775807GiB", .outOfRange("9223372036854775807GiB")), ("٣", .notANumber("٣")),
        ] as [(String, ByteCountArgument.ParseError)]
    )
    func refuses(text: String, expected: ByteCountArgument.ParseError) {
        #expect(throws: expected) { try ByteCountArgument(parsing: text) }
        #expect(!expected.description.isEmpty)
    }

    @Test("A default is shown as it would be typed", arguments: [(1 << 28, "256MiB"), (1, "1"), (1536, "1536")])
    func describes(bytes: Int, text: String) throws {
        #expect(ByteCountArgument(bytes).description == text)
        #expect(try ByteCountArgument(parsing: text).bytes == bytes)
    }
}

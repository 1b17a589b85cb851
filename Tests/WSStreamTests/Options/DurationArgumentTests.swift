import Testing

@testable import wsstream

@Suite("Durations as they are typed")
struct DurationArgumentTests {
    @Test(
        "A number and a unit",
        arguments: [
            ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("5m", .seconds(300)), ("1h", .seconds(3600)),
            ("1.5m", .seconds(90)), ("0.5ms", .microseconds(500)), ("8760h", .seconds(8760 * 3600)),
        ] as [(String, Duration)]
    )
    func parses(text: String, expected: Duration) throws {
        #expect(try DurationArgument(parsing: text).duration == expected)
    }

    @Test(
        "What is wrong is said exactly",
        arguments: [
            ("", .empty), ("30", .missingUnit("30")), ("30x", .unknownUnit("x")), ("s", .notANumber("")),
            ("-3s", .notANumber("-3")), ("1e3s", .notANumber("1e3")), ("1.2.3s", .notANumber("1.2.3")),
            ("0x1s", .notANumber("0x1")), ("0s", .notPositive("0s")), ("0.0001ms", .notPositive("0.0001ms")),
            ("8761h", .tooLong("8761h")), ("99999999999999999999h", .tooLong("99999999999999999999h")),
            ("٣s", .notANumber("٣")),
        ] as [(String, DurationArgument.ParseError)]
    )
    func refuses(text: String, expected: DurationArgument.ParseError) {
        #expect(throws: expected) { try DurationArgument(parsing: text) }
        #expect(!expected.description.isEmpty)
    }
}

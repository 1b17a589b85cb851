import Testing

@testable import WebSocketProtocol

@Suite("Retry-After")
struct RetryAfterTests {
    /// 1994-11-06 08:49:37.
    private static let example = 784_111_777

    @Test(
        "A date has three forms, and each is the same moment",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        ]
    )
    func dates(text: String) {
        #expect(HTTPDate.seconds(text, now: 800_000_000) == Self.example)
    }

    @Test(
        "Days are those of the calendar",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 00:00:00 GMT", 951_782_400),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400), ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Wed, 31 Dec 1969 23:59:59 GMT", -1), ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
        ]
    )
    func days(text: String, expected: Int) { #expect(HTTPDate.seconds(text, now: 0) == expected) }

    @Test("A year of two digits is not more than 50 years later")
    func centuries() {
        let now = 1_800_000_000
        #expect(HTTPDate.seconds("Sunday, 06-Nov-94 08:49:37 GMT", now: now) == Self.example)
        #expect(HTTPDate.seconds("Thursday, 06-Nov-70 08:49:37 GMT", now: now).map { $0 > now } == true)
    }

    @Test(
        "What is no date is none",
        arguments: [
            "", "Sun", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 32 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
            "Sun, 06 Nov 1994 08:49 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT", "a b c d e f", "a b c d", "a b c d e",
        ]
    )
    func garbage(text: String) { #expect(HTTPDate.seconds(text, now: 0) == nil) }

    @Test(
        "It is a number of seconds, or the time from the answer's own date to another one",
        arguments: [
            (["Retry-After": "7"], 7), (["retry-after": "0"], 0), (["Retry-After": "-1"], nil),
            (["Retry-After": "1.5"], nil), (["Retry-After": "soon"], nil), (["Retry-After": ""], nil), ([:], nil),
            (["Retry-After": "99999999999999999999999"], 31_536_000), (["Retry-After": "31536001"], 31_536_000),
            (["Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT"], 10),
            (["Retry-After": "Sun, 06 Nov 1994 08:49:27 GMT"], 0),
            (["Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"], 31_536_000),
            (["Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT", "Date": "Sun, 06 Nov 1994 08:49:45 GMT"], 2),
            (["Retry-After": "Sun, 06 Nov 1994 08:49:47 GMT", "Date": "yesterday"], 10),
        ] as [([String: String], Int?)]
    )
    func durations(fields: [String: String], expected: Int?) {
        var list: HTTPFields = [:]
        for (name, value) in fields { list.append(name: name, value: value) }
        #expect(RetryAfter.duration(in: list, now: Self.example) == expected.map { .seconds($0) })
    }
}

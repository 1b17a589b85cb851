import Foundation
import Testing
import WorkspaceProtocol

@Suite("Timestamps of payloads") struct RFC3339TimestampTests {
    private func instant(_ text: String) -> RFC3339Timestamp.Instant? {
        RFC3339Timestamp(rawValue: text).instant
    }

    @Test(
        "Well-formed text has an instant",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, 0), ("2026-01-01T00:00:04.000000001Z", 1_767_225_604, 1),
            ("2026-01-01T00:00:04.1Z", 1_767_225_604, 100_000_000), ("2026-01-01t00:00:04z", 1_767_225_604, 0),
            ("2026-01-01T01:30:04+01:30", 1_767_225_604, 0), ("2025-12-31T16:00:04-08:00", 1_767_225_604, 0),
            ("2000-02-29T23:59:59.999999999Z", 951_868_799, 999_999_999), ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
            ("0001-01-01T00:00:01Z", -62_135_596_799, 0), ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
            ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
            ("2026-01-01T00:00:00.1234567899Z", 1_767_225_600, 123_456_789),
            ("1970-01-01T00:00:00-00:00", 0, 0),
        ] as [(String, Int64, Int)]
    )
    func reads(text: String, seconds: Int64, nanoseconds: Int) {
        #expect(self.instant(text) == RFC3339Timestamp.Instant(seconds: seconds, nanoseconds: nanoseconds))
    }

    @Test(
        "Any other text has no instant, and is kept",
        arguments: [
            "", "2026", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
            "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T23:59:60Z",
            "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00,1Z", "2026-01-01T00:00:00+1:00", "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+00:60", "2026-01-01T00:00:00Zx", "+026-01-01T00:00:00Z", "２０２６-01-01T00:00:00Z",
            " 2026-01-01T00:00:00Z", "yesterday", "0001-01-01T00:00:00Z",
        ]
    )
    func rejects(text: String) {
        #expect(self.instant(text) == nil)
        #expect(RFC3339Timestamp(rawValue: text).description == text)
    }

    @Test("Every month of four centuries agrees with Foundation's calendar")
    func agreesWithCalendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for year in stride(from: 1804, through: 2204, by: 1) {
            for month in 1...12 {
                let date = try #require(calendar.date(from: DateComponents(year: year, month: month, day: 1)))
                let text = "\(year)-\(month < 10 ? "0" : "")\(month)-01T00:00:00Z"
                #expect(self.instant(text)?.seconds == Int64(date.timeIntervalSince1970))
            }
        }
    }

    @Test("Instants are ordered by time")
    func orders() throws {
        let texts = [
            "1969-12-31T23:59:59.5Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.1Z", "1970-01-01T00:00:01Z",
        ]
        let instants = try texts.map { try #require(self.instant($0)) }
        #expect(instants.shuffled().sorted() == instants)
    }

    @Test("The text is kept at any length, and equal texts are equal values", arguments: 0...40)
    func keepsText(length: Int) throws {
        let ascii = String("2026-01-01T00:00:04.000000001Z~~~~~~~~~~~".prefix(length))
        for text in [ascii, ascii + "é", "é" + ascii, String(ascii.dropLast()) + "\u{7F}"] {
            let timestamp = RFC3339Timestamp(rawValue: text)
            #expect(timestamp.rawValue == text)
            let event = WorkspaceEvent(frame: "{\"type\":\"git_reset\",\"git_reset\":{\"timestamp\":\"\(text)\"}}")
            let reset = try #require(event.content.gitReset)
            #expect(reset.timestamp == timestamp)
            #expect(reset.timestamp.rawValue == text)
            #expect(reset.timestamp.hashValue == timestamp.hashValue)
            #expect(reset.timestamp != RFC3339Timestamp(rawValue: text + "0"))
            var changed = timestamp
            changed.rawValue = "x"
            #expect(changed == RFC3339Timestamp(rawValue: "x"))
        }
    }

    @Test("Texts that are equal as strings are equal, even with different bytes")
    func comparesStrings() {
        // The Kelvin sign is canonically equal to the letter K.
        let (sign, letter) = (RFC3339Timestamp(rawValue: "\u{212A}"), RFC3339Timestamp(rawValue: "K"))
        #expect(sign == letter)
        #expect(sign.hashValue == letter.hashValue)
        #expect(sign != RFC3339Timestamp(rawValue: "k"))
    }
}

extension WorkspaceEvent.Content {
    fileprivate var gitReset: GitReset? {
        guard case .gitReset(let reset) = self else { return nil }
        return reset
    }
}

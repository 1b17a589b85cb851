import Testing
import WorkspaceProtocol

/// Tests strings and numbers of every length near the end of a frame, because the code looks at many bytes at once.
@Suite("Values near the end of a frame") struct FrameEndTests {
    private static let spaces = [0, 1, 7, 8, 14, 15, 16, 17, 31, 32, 33]

    @Test("A string of any length is read with any number of bytes behind it", arguments: 0...50)
    func readsStrings(length: Int) {
        let plain = String(repeating: "abcdefgh", count: 7).prefix(length)
        let texts = ["", "\\n", "\\u003c", "\\u00e9", "é", "\u{1F600}"].flatMap { odd in
            [plain + odd, odd + plain, plain.prefix(length / 2) + odd + plain.suffix(length - length / 2)]
        }
        for text in texts {
            let value = text.replacing("\\n", with: "\n").replacing("\\u003c", with: "<")
                .replacing("\\u00e9", with: "é")
            for space in Self.spaces.map({ String(repeating: " ", count: $0) }) {
                let event = WorkspaceEvent(frame: "{\"type\":\"shell_output\",\"data\":\"\(text)\"}\(space)")
                #expect(event.content == .shellOutput(String(value)))
                let bare = WorkspaceEvent(
                    frame: "{\"type\":\"file_change\",\"file_change\":{\"timestamp\":\"\(text)\"}}\(space)"
                )
                #expect(bare.content == .fileChange(FileChange(timestamp: RFC3339Timestamp(rawValue: String(value)))))
            }
        }
    }

    @Test("A string that does not end is an error at any length", arguments: 0...50)
    func rejectsOpenStrings(length: Int) {
        let text = String(repeating: "a", count: length)
        for member in ["\"data\":\"\(text)", "\"data\":\"\(text)\\"] {
            let frame = "{\"type\":\"shell_output\",\(member)"
            #expect(WorkspaceEvent(frame: frame).error?.offset == frame.utf8.count)
        }
        let control = "{\"type\":\"shell_output\",\"data\":\"\(text)\n\"}"
        #expect(WorkspaceEvent(frame: control).error?.offset == 31 + length)
    }

    @Test("An integer of any length is read with any number of bytes behind it", arguments: 1...19)
    func readsIntegers(length: Int) throws {
        let digits = String("9182736455463728190".prefix(length))
        for (text, value) in [(digits, try #require(Int64(digits))), ("-" + digits, try #require(Int64("-" + digits)))]
        {
            for space in Self.spaces.map({ String(repeating: " ", count: $0) }) {
                for frame in [
                    "{\"type\":\"pong\",\"timestamp\":\(text)}\(space)",
                    "{\"type\":\"pong\",\"timestamp\":\(text)\(space)}",
                    "{\"type\":\"pong\",\"timestamp\":\(text),\"a\":\"\(space)\"}",
                ] {
                    #expect(WorkspaceEvent(frame: frame) == WorkspaceEvent(.pong, timestamp: value))
                    #expect(try WorkspaceEventDecoder().envelope(of: [UInt8](frame.utf8)).timestamp == value)
                }
            }
        }
    }

    @Test(
        "Digits that are no integer are an error with any number of bytes behind them",
        arguments: ["", "-", "01", "00000000", "-0000000000000001", "1767225600123x", "12345678:", "1234567\u{80}"]
    )
    func rejectsIntegers(text: String) {
        for space in Self.spaces.map({ String(repeating: " ", count: $0) }) {
            #expect(WorkspaceEvent(frame: "{\"type\":\"pong\",\"timestamp\":\(text)}\(space)").error != nil)
        }
    }
}

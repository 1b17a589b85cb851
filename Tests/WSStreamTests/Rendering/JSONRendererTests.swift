import Foundation
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import wsstream

@Suite("The formats for programs")
struct JSONRendererTests {
    @Test(
        "An event is one line, as agentctl writes it",
        arguments: [
            (#"{ "timestamp": 7, "type": "connected" }"# + "\n", #"{"type":"connected","timestamp":7}"#),
            (
                #"{"type":"shell_output","timestamp":7,"data":"a\nb"}"#,
                #"{"type":"shell_output","timestamp":7,"data":"a\nb"}"#
            ),
            (
                "{\"type\":\"shell_output\",\"data\":\"\u{9B}\u{7F}é\"}",
                #"{"type":"shell_output","data":"\u009b\u007fé"}"#
            ),
            ("{\"type\":\"new\",\r\n \"x\":[1,\n2]}\n", #"{"type":"new",   "x":[1, 2]}"#),
            ("\u{FEFF}{\"type\":\"new\",\"x\":\"\u{85}\"}", #"{"type":"new","x":"\u0085"}"#),
        ]
    )
    func rendersOneLine(frame: String, expected: String) throws {
        #expect(json(ofFrame: frame) == expected + "\n")
    }

    @Test(
        "A malformed frame is wrapped into valid JSON on one line",
        arguments: [
            "{oops", "", "\n\n", "{\"type\":1}", "\u{1B}\u{9B}\"\\",
        ]
    )
    func wrapsMalformed(frame: String) throws {
        let line = json(ofFrame: frame)
        #expect(line.dropLast().allSatisfy { !$0.isNewline })
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["type"] as? String == "malformed")
        #expect(object?["raw"] as? String == frame)
        #expect((object?["error"] as? String)?.isEmpty == false)
    }

    @Test("Bytes that are no UTF-8 do not break the line")
    func repairsMalformed() throws {
        let line = json(ofFrame: [0x7B, 0xFF, 0xFE])
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        #expect(object?["raw"] as? String == "{\u{FFFD}\u{FFFD}")
    }

    @Test(
        "The raw format is the frame, with a line break unless it ends with one",
        arguments: [
            ("{\"a\":1}", "{\"a\":1}\n"),
            ("{\"a\":1}\n", "{\"a\":1}\n"),
            ("{\n}\u{1B}", "{\n}\u{1B}\n"),
            ("", "\n"),
        ]
    )
    func rendersRaw(frame: String, expected: String) {
        var bytes: [UInt8] = []
        let event = WorkspaceEvent(.connected, timestamp: nil)
        EventRenderer.raw.render(event, frame: WebSocketMessage(text: frame), into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}

import Foundation
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import wsstream

@Suite("The formats for programs")
struct JSONRendererTests {
    @Test(
        "An event is one line, as it came",
        arguments: [
            (
                " {\t\"timestamp\": 7,\n \"type\": \"connected\" } \r\n\n",
                #"{ "timestamp": 7,  "type": "connected" }"#
            ),
            (
                #"{"type":"shell_output","timestamp":7,"data":"a\nb"}"#,
                #"{"type":"shell_output","timestamp":7,"data":"a\nb"}"#
            ),
            (
                "{\"type\":\"shell_output\",\"data\":\"\u{9B}\u{7F}é\"}",
                #"{"type":"shell_output","data":"\u009b\u007fé"}"#
            ),
            (
                "{\"type\":\"new\",\"x\":\"\u{61C}\u{628}\u{200E}\u{200F}\u{2028}\u{202E}\u{202F}\u{2066}\u{2069}\u{2014}\"}",
                "{\"type\":\"new\",\"x\":\"\\u061c\u{628}\\u200e\\u200f\\u2028\\u202e\u{202F}\\u2066\\u2069\u{2014}\"}"
            ),
            ("{\"type\":\"new\",\r\n \"x\":[1,\n2]}\n", #"{"type":"new",   "x":[1, 2]}"#),
            ("\u{FEFF}{\"type\":\"new\",\"x\":\"\u{85}\"}", #"{"type":"new","x":"\u0085"}"#),
        ]
    )
    func rendersOneLine(frame: String, expected: String) throws {
        #expect(json(ofFrame: frame) == expected + "\n")
    }

    @Test(
        "Parts of a message that this version does not know are shown unchanged, in any place",
        arguments: [
            #"{"type":"pong","timestamp":1,"seq":7,"trace":{"id":"a","parts":[1,{"x":null}]}}"#,
            #"{"seq":7,"type":"process_output","process_output":{"data":"d","truncated":true,"stream":"stdout"}}"#,
            #"{"type":"git_status","git_status":{"modified":null,"added":[],"files":{"a":{"path":"a","mode":"0"}}}}"#,
            #"{"type":"git_commit","git_commit":{"insertions":1e3,"deletions":-0,"files_changed":1.0,"n":9223372036854775808}}"#,
            #"{"type":"shell_output","data":"half","x":1.50E+2,"y":0.1000000000000000055511151231257827}"#,
            #"{"type":"shell_exit","code":0}"#, #"{"type":"shell_output","data":"","data":"twice"}"#,
            #"{"type":"process_status","process_status":{"kind":"","exit_code":0,"status":"exited"}}"#,
            #"{"type":"shell_output","data":"\u003c\/\u0000<é&"}"#, #"{"type":"pong"}"#,
        ]
    )
    func keepsEverything(frame: String) throws {
        #expect(json(ofFrame: frame) == frame + "\n")
    }

    @Test("Controls are found at every place of a line, and nothing else is touched", arguments: 0..<40)
    func findsControls(padding: Int) {
        let front = #"{"type":"new","x":""# + String(repeating: "é", count: padding)
        let line = json(ofFrame: front + "\u{7F}\u{A0}\u{C2}\u{80}\u{9F}\u{202E}\u{2010}\u{61C}\u{E9}\",\n\r\t\"y\":1}")
        #expect(line == front + "\\u007f\u{A0}\u{C2}\\u0080\\u009f\\u202e\u{2010}\\u061c\u{E9}\",   \"y\":1}\n")
    }

    @Test("An event that came in no message is written as agentctl writes it")
    func withoutFrame() {
        var bytes: [UInt8] = []
        JSONRenderer().render(WorkspaceEvent(.shellOutput("\u{9B}"), timestamp: 7), message: nil, into: &bytes)
        let line = #"{"type":"shell_output","timestamp":7,"data":"\u009b"}"# + "\n"
        #expect(String(decoding: bytes, as: UTF8.self) == line)
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
        EventRenderer.raw.render(event, message: WebSocketMessage(text: frame), into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}

import Testing
import WorkspaceProtocol

@Suite("What a frame says beyond its event") struct DeviationTests {
    private let decoder = WorkspaceEventDecoder()

    @Test(
        "Members that nobody reads are kept with the frame, at every level",
        arguments: [
            #"{"type":"pong","timestamp":1,"seq":7}"#, #"{"seq":7,"type":"pong"}"#, #"{"type":"pong","data":null}"#,
            #"{"type":"pong","seq":null}"#,
            #"{"type":"process_output","process_output":{"data":"d","truncated":true}}"#,
            #"{"type":"process_output","process_output":{"truncated":true,"data":"d"}}"#,
            #"{"type":"git_status","git_status":{"files":{"a":{"path":"a","mode":"100644"}}}}"#,
            #"{"type":"git_status","git_status":{"files":{"a":{"path":"a"},"a":{"path":"b"}}}}"#,
            #"{"type":"git_status","git_status":{"files":{"a":{"path":"a"},"a":7}}}"#,
            #"{"type":"shell_output","data":"a","data":"b"}"#, #"{"type":"shell_output","data":null,"data":"b"}"#,
            #"{"type":"pong","type":"ping"}"#, #"{"type":"pong","git_status":{}}"#, #"{"type":"pong","":0}"#,
        ]
    )
    func unreadMembers(frame: String) throws {
        let event = WorkspaceEvent(frame: frame)
        #expect(event.error == nil)
        #expect(event.deviations == .unreadMembers)
        #expect(try #require(event.rawBytes).elementsEqual(frame.utf8))
    }

    @Test(
        "What agentctl sends has its event only: order, whitespace, escapes and null say nothing more",
        arguments: [
            #"{"type":"connected","timestamp":1}"#, #" { "timestamp" : -12 , "type" : "pong" } "#,
            #"{"type":"git_commit","git_commit":{"message":"\u003c\ud83d\ude00é","insertions":0}}"#,
            #"{"type":"git_status","git_status":{"modified":null,"files":null,"branch":"b","repository_name":null}}"#,
            #"{"type":"process_status","process_status":{"status":"exited","exit_code":0}}"#,
            #"{"type":"process_status","process_status":{"status":"failed"}}"#, #"{"type":"git_reset"}"#,
            #"{"type":"git_reset","git_reset":null}"#, #"{"type":"shell_exit","code":9223372036854775807}"#,
            #"{"type":"shell_exit","code":-9223372036854775808}"#, #"{"type":"shell_exit","code":1234567890123456}"#,
        ]
    )
    func nothingMore(frame: String) {
        let event = WorkspaceEvent(frame: frame)
        #expect(event.error == nil)
        #expect(event.deviations.isEmpty && event.rawBytes == nil)
    }

    @Test(
        "An integer in another spelling is read, and its spelling is kept",
        arguments: ["-0", "1e3", "1E+3", "1.0", "10e-1", "0.0", "-0.0", "100000000000000000000e-2"]
    )
    func spelledNumbers(number: String) throws {
        for frame in ["{\"type\":\"shell_exit\",\"code\":\(number)}", "{\"timestamp\":\(number) ,\"type\":\"pong\"}"] {
            let event = WorkspaceEvent(frame: frame)
            #expect(event.error == nil)
            #expect(event.deviations == .spelledNumbers)
            #expect(try #require(event.rawBytes).elementsEqual(frame.utf8))
        }
    }

    @Test(
        "Invalid text in a string keeps the message's type and other members, and is marked",
        arguments: [
            #"{"type":"shell_output","timestamp":7,"data":"a*b"}"#,
            #"{"data":"a*b","timestamp":7,"type":"shell_output"}"#,
            #"{"type":"shell_output","timestamp":7,"data":"a*b","x":"*"}"#,
            #"{"type":"shell_output","timestamp":7,"*":1,"data":"a*b"}"#,
        ],
        [[0xFF], [0xC3], [0xED, 0xA0, 0x80], Array(#"\ud800"#.utf8), Array(#"\uDFFF"#.utf8)] as [[UInt8]]
    )
    func repairedText(frame: String, wrong: [UInt8]) throws {
        let bytes = frame.utf8.flatMap { $0 == UInt8(ascii: "*") ? wrong : [$0] }
        let event = self.decoder.decode(bytes)
        guard case .shellOutput(let text) = event.content else {
            Issue.record("The type is lost: \(event)")
            return
        }
        #expect(text.first == "a" && text.last == "b" && text.dropFirst().dropLast().allSatisfy { $0 == "\u{FFFD}" })
        #expect(event.timestamp == 7)
        #expect(event.deviations.contains(.repairedText))
        #expect(event.rawBytes == bytes)
        #expect(try self.decoder.envelope(of: bytes) == WorkspaceEnvelope(type: .shellOutput, timestamp: 7))
    }

    @Test("Long texts, with escapes and without, are repaired at every place", arguments: 0..<40)
    func repairsAnywhere(padding: Int) {
        for escape in ["", "\\n", "é"] {
            let front = Array(#"{"type":"shell_output","data":""#.utf8) + Array(repeating: 0x61, count: padding)
            let event = self.decoder.decode(front + Array(escape.utf8) + [0x80] + Array("x\"}".utf8))
            let middle = escape == "\\n" ? "\n" : escape
            #expect(event.content == .shellOutput(String(repeating: "a", count: padding) + middle + "\u{FFFD}x"))
            #expect(event.deviations == .repairedText)
        }
    }

    @Test("A message of an unknown type has its frame, and deviates only where its text was repaired")
    func unknownType() {
        let frame = #"{"type":"new","seq":1e3,"x":null}"#
        let event = WorkspaceEvent(frame: frame)
        #expect(event.deviations.isEmpty)
        #expect(event.rawBytes?.elementsEqual(frame.utf8) == true)
        let broken = Array(#"{"type":"new","x":""#.utf8) + [0xFF] + Array("\"}".utf8)
        #expect(self.decoder.decode(broken).deviations == .repairedText)
        #expect(self.decoder.decode(broken).rawBytes == broken)
    }

    @Test("A malformed frame keeps its bytes; an event without a frame has none")
    func others() {
        #expect(WorkspaceEvent(frame: "{").rawBytes == [0x7B])
        #expect(WorkspaceEvent(frame: "{").deviations.isEmpty)
        #expect(WorkspaceEvent(.pong, timestamp: 1).rawBytes == nil)
    }

    @Test(
        "A decoder that keeps frames gives every event its frame, and deviations mean the same",
        arguments: [
            #" {"timestamp":1, "type":"pong"}"# + "\n", #"{"type":"pong","a":1}"#, #"{"type":"new","a":1e3}"#, "{",
            #"{"type":"shell_output","data":"\u00e9"}"#,
        ]
    )
    func keptFrames(frame: String) {
        let event = WorkspaceEventDecoder(keepsFrames: true).decode(Array(frame.utf8))
        #expect(event.rawBytes?.elementsEqual(frame.utf8) == true)
        #expect(event == WorkspaceEvent(frame: frame))
        #expect(event.deviations == WorkspaceEvent(frame: frame).deviations)
    }

    @Test("Events with the same content are equal, even if their frames differ")
    func equality() {
        let (plain, more) = (
            WorkspaceEvent(frame: #"{"type":"pong"}"#), WorkspaceEvent(frame: #"{"type":"pong","a":1}"#)
        )
        #expect(plain == more && Set([plain, more]).count == 1)
        #expect(plain != WorkspaceEvent(.pong, timestamp: 1) && plain != WorkspaceEvent(.ping, timestamp: nil))
    }
}

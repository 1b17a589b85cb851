import Testing
import WorkspaceProtocol

@Suite("Writing messages") struct WorkspaceEventEncoderTests {
    private let encoder = WorkspaceEventEncoder()

    private func text(_ event: WorkspaceEvent) -> String {
        String(decoding: self.encoder.encode(event), as: UTF8.self)
    }

    @Test(
        "Members that Go marks omitempty are omitted at zero, except the timestamp of the envelope",
        arguments: [
            (WorkspaceEvent.Content.shellExit(code: 0), #"{"type":"shell_exit","timestamp":0}"#),
            (.shellOutput(""), #"{"type":"shell_output","timestamp":0}"#),
            (.shellInput(""), #"{"type":"shell_input","timestamp":0}"#),
            (.shellResize(columns: 0, rows: 3), #"{"type":"shell_resize","timestamp":0,"rows":3}"#),
            (.error(""), #"{"type":"error","timestamp":0}"#),
            (.missingPayload(.gitReset), #"{"type":"git_reset","timestamp":0}"#),
            (
                .processStatus(ProcessStatus(exitCode: 0)),
                #"{"type":"process_status","timestamp":0,"process_status":{"session_id":"","process_id":"","kind":"","#
                    + #""command":"","working_dir":"","status":"","exit_code":0,"timestamp":""}}"#
            ),
            (
                .gitStatus(Self.cleanStatus),
                #"{"type":"git_status","timestamp":0,"git_status":{"timestamp":"","modified":[],"added":[],"#
                    + #""deleted":[],"untracked":[],"renamed":[],"ahead":0,"behind":0,"branch":"","#
                    + #""remote_ahead":0,"remote_behind":0}}"#
            ),
        ]
    )
    func leavesZerosOut(content: WorkspaceEvent.Content, expected: String) {
        #expect(self.text(WorkspaceEvent(content, timestamp: 0)) == expected)
    }

    private static let cleanStatus = GitStatus(modified: [], added: [], deleted: [], untracked: [], renamed: [])

    @Test("A list that is not there is null, as agentctl writes it before it has looked")
    func writesNull() {
        let lists = ["modified", "added", "deleted", "untracked", "renamed"].map { "\"\($0)\":null" }
        let frame = self.text(WorkspaceEvent(.gitStatus(GitStatus()), timestamp: 0))
        let start = #"{"type":"git_status","timestamp":0,"git_status":{"timestamp":"","#
        #expect(frame.hasPrefix(start + lists.joined(separator: ",") + ","))
    }

    @Test("Without a timestamp there is no member for it")
    func leavesTimestampOut() {
        #expect(self.text(WorkspaceEvent(.ping, timestamp: nil)) == #"{"type":"ping"}"#)
    }

    @Test(
        "Strings are escaped as Go does",
        arguments: [
            ("\"\\/", #"\"\\/"#), ("\u{8}\t\n\u{C}\r", #"\b\t\n\f\r"#), ("\u{0}\u{1F}\u{7F}", "\\u0000\\u001f\u{7F}"),
            ("<a&b>", #"\u003ca\u0026b\u003e"#), ("\u{2027}\u{2028}\u{2029}\u{202A}", "\u{2027}\\u2028\\u2029\u{202A}"),
            ("é\u{1F600}", "é\u{1F600}"), ("\u{E2}\u{2028}", "\u{E2}\\u2028"),
        ]
    )
    func escapes(text: String, literal: String) {
        let frame = self.text(WorkspaceEvent(.shellOutput(text), timestamp: 1))
        #expect(frame == "{\"type\":\"shell_output\",\"timestamp\":1,\"data\":\"\(literal)\"}")
    }

    @Test("Files are sorted by the bytes of their paths")
    func sortsFiles() {
        let files = ["b", "a", "Z", "é", "\u{1F600}", "\u{FF5E}", ""]
        let status = GitStatus(
            files: Dictionary(uniqueKeysWithValues: files.map { ($0, GitStatus.FileInfo(path: $0)) })
        )
        let frame = self.text(WorkspaceEvent(.gitStatus(status), timestamp: 1))
        let paths = frame.split(separator: "\"path\":\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(paths == ["", "Z", "a", "b", "é", "\u{FF5E}", "\u{1F600}"])
    }

    @Test(
        "A message that was not understood is written as it was received",
        arguments: [#"{"type":"new" , "x":1}"#, "not JSON", "{\u{0}", ""]
    )
    func repeatsRawText(frame: String) {
        #expect(self.text(WorkspaceEvent(frame: frame)) == frame)
    }

    @Test("A message is appended after the existing bytes")
    func appends() {
        var bytes = [UInt8]("{".utf8)
        self.encoder.encode(WorkspaceEvent(.pong, timestamp: 1), into: &bytes)
        self.encoder.encode(WorkspaceEvent(.ping, timestamp: nil), into: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{{"type":"pong","timestamp":1}{"type":"ping"}"#)
    }

    @Test(
        "Commands are messages of the client",
        arguments: [
            (WorkspaceCommand.ping, #"{"type":"ping","timestamp":5}"#),
            (.shellInput("ls\r"), #"{"type":"shell_input","timestamp":5,"data":"ls\r"}"#),
            (.shellResize(columns: 80, rows: 24), #"{"type":"shell_resize","timestamp":5,"cols":80,"rows":24}"#),
        ]
    )
    func encodesCommand(command: WorkspaceCommand, expected: String) {
        #expect(String(decoding: self.encoder.encode(command, timestamp: 5), as: UTF8.self) == expected)
    }

    @Test(
        "The least and the greatest numbers survive",
        arguments: [Int64.min, -1, 0, 999_999_999_999_999_999, 1_000_000_000_000_000_000, .max]
    )
    func keepsExtremeNumbers(number: Int64) {
        let event = WorkspaceEvent(.shellExit(code: Int(number)), timestamp: number)
        #expect(WorkspaceEvent(frame: self.text(event)) == event)
    }
}

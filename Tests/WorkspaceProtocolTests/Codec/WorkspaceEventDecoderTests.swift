import Testing
import WorkspaceProtocol

@Suite("Reading messages") struct WorkspaceEventDecoderTests {
    @Test(
        "An unknown type is an event with the raw text",
        arguments: ["file_list", "", "GIT_STATUS", "git_status ", "shell_outpuu", "git_stätus", "\u{1F600}"]
    )
    func keepsUnknownType(type: String) {
        let frame = "{\"type\":\"\(type)\",\"timestamp\":7,\"git_status\":{\"branch\":1},\"data\":[{}]}"
        let message = UnknownMessage(type: WorkspaceMessageType(rawValue: type), rawText: frame)
        let event = WorkspaceEvent(frame: frame)
        #expect(event == WorkspaceEvent(.unknown(message), timestamp: 7))
        #expect(event.type.rawValue == type)
    }

    @Test(
        "A payload that is absent or null is a missing payload, not an error",
        arguments: [
            "git_status", "git_commit", "git_reset", "branch_switch", "file_change", "process_output", "process_status",
        ]
    )
    func marksMissingPayload(type: String) {
        let expected = WorkspaceEvent(.missingPayload(WorkspaceMessageType(rawValue: type)), timestamp: 7)
        #expect(WorkspaceEvent(frame: "{\"type\":\"\(type)\",\"timestamp\":7}") == expected)
        #expect(WorkspaceEvent(frame: "{\"type\":\"\(type)\",\"timestamp\":7,\"\(type)\":null}") == expected)
        #expect(WorkspaceEvent(frame: "{\"type\":\"\(type)\",\"timestamp\":7,\"data\":\"x\"}") == expected)
        #expect(WorkspaceEvent(frame: "{\"type\":\"\(type)\",\"timestamp\":7,\"\(type)\":{}}") != expected)
        #expect(WorkspaceEvent(frame: "{\"type\":\"\(type)\",\"\(type)\":[]}").error?.code == .typeMismatch)
    }

    @Test(
        "An absent or null member of the envelope is the zero value",
        arguments: [
            (#"{"type":"shell_output"}"#, WorkspaceEvent.Content.shellOutput("")),
            (#"{"type":"shell_output","data":null}"#, .shellOutput("")),
            (#"{"type":"shell_input"}"#, .shellInput("")),
            (#"{"type":"shell_exit"}"#, .shellExit(code: 0)),
            (#"{"type":"shell_exit","code":null}"#, .shellExit(code: 0)),
            (#"{"type":"shell_exit","code":0}"#, .shellExit(code: 0)),
            (#"{"type":"shell_exit","code":-1}"#, .shellExit(code: -1)),
            (#"{"type":"shell_resize","rows":2}"#, .shellResize(columns: 0, rows: 2)),
            (#"{"type":"error"}"#, .error("")),
            (#"{"type":"connected","timestamp":null}"#, .connected),
        ]
    )
    func fillsEnvelope(frame: String, content: WorkspaceEvent.Content) {
        #expect(WorkspaceEvent(frame: frame) == WorkspaceEvent(content, timestamp: nil))
    }

    @Test("Members that the type does not use are ignored, with values of any type")
    func ignoresForeignMembers() {
        let frame = #"{"type":"pong","timestamp":1,"data":{},"code":"x","git_status":7,"error":[1,[2,{"a":null}]]}"#
        #expect(WorkspaceEvent(frame: frame) == WorkspaceEvent(.pong, timestamp: 1))
    }

    @Test(
        "A list that is null or absent is nil: agentctl has not looked; an empty one says that there is nothing",
        arguments: [("\"modified\":null", nil), ("\"modified\" : null ", nil), ("", nil), ("\"modified\":[]", [])]
            as [(String, [String]?)]
    )
    func readsNullLists(member: String, list: [String]?) {
        let event = WorkspaceEvent(frame: "{\"type\":\"git_status\",\"git_status\":{\(member)}}")
        #expect(event.content == .gitStatus(GitStatus(modified: list)))
        guard case .gitStatus(let status) = event.content else { return }
        #expect(status.isPlaceholder == (list == nil))
        #expect(event.rawBytes == nil)
    }

    @Test("A null inside a list or map is the zero value, as for Go")
    func readsNullElements() {
        let event = WorkspaceEvent(
            frame: #"{"type":"git_status","git_status":{"added":["a",null],"files":{"a":null},"ahead":null}}"#
        )
        #expect(event.content == .gitStatus(GitStatus(added: ["a", ""], files: ["a": GitStatus.FileInfo()])))
    }

    @Test(
        "An exit code of 0 is told from an unknown one",
        arguments: [("\"exit_code\":0", 0), ("\"exit_code\":null", nil), ("\"exit_code\":-15", -15), ("", nil)]
            as [(String, Int?)]
    )
    func readsExitCode(member: String, exitCode: Int?) {
        let event = WorkspaceEvent(frame: "{\"type\":\"process_status\",\"process_status\":{\(member)}}")
        #expect(event.content == .processStatus(ProcessStatus(exitCode: exitCode)))
    }

    @Test("Unknown values of open sets are kept")
    func keepsUnknownValues() {
        let event = WorkspaceEvent(
            frame: #"{"type":"process_status","process_status":{"kind":"batch","status":"paused"}}"#
        )
        let expected = ProcessStatus(
            kind: ProcessKind(rawValue: "batch"),
            status: ProcessStatus.State(rawValue: "paused")
        )
        #expect(event.content == .processStatus(expected))
    }

    @Test("Unknown members are ignored at every level")
    func ignoresUnknownMembers() {
        let event = WorkspaceEvent(
            frame: #"""
                {"v":2,"type":"git_status","x":{"y":[1,"\u00e9",{}]},"git_status":{"new":[[]],"branch":"b",
                "files":{"a":{"mode":1e2,"path":"a","more":{"type":"pong"}}},"later":null},"z":-0.5e-3}
                """#
        )
        let expected = GitStatus(branch: "b", files: ["a": GitStatus.FileInfo(path: "a")])
        #expect(event == WorkspaceEvent(.gitStatus(expected), timestamp: nil))
    }

    @Test("Of members with the same name the first counts, at every level")
    func prefersFirstDuplicate() {
        let event = WorkspaceEvent(
            frame: #"""
                {"type":"git_status","type":"pong","timestamp":1,"timestamp":"2","git_status":{"branch":"b","branch":7,
                "ahead":null,"ahead":3,"files":{"a":{"path":"1"},"a":{"path":"2"}}},"git_status":{"branch":"c"}}
                """#
        )
        let expected = GitStatus(branch: "b", files: ["a": GitStatus.FileInfo(path: "1")])
        #expect(event == WorkspaceEvent(.gitStatus(expected), timestamp: 1))
    }

    @Test("A repeated member may have any value, but it must be valid JSON")
    func ignoresFurtherFilesOfOnePath() {
        let frame = #"{"type":"git_status","git_status":{"files":{"a":{"path":"1"},"a":7,"b":null,"a":{"path":[{}]}}}}"#
        let files = ["a": GitStatus.FileInfo(path: "1"), "b": GitStatus.FileInfo()]
        #expect(WorkspaceEvent(frame: frame) == WorkspaceEvent(.gitStatus(GitStatus(files: files)), timestamp: nil))
        let broken = WorkspaceEvent(frame: frame.replacing("[{}]", with: "[{]"))
        #expect(broken.error?.code == .invalidSyntax)
        let wrong = WorkspaceEvent(frame: frame.replacing("null", with: "8"))
        #expect(wrong.error?.code == .typeMismatch)
        #expect(wrong.error?.path == "git_status.files.b")
    }

    @Test("Names and types may be spelled with escapes, and whitespace may be anywhere")
    func acceptsUnusualSpelling() {
        let event = WorkspaceEvent(
            frame: " \t\r\n{ \"\\u0074ype\" : \"\\u0070ong\" , \"times\\u0074amp\" :\n1 , \"x\" : [ ] }\r\n "
        )
        #expect(event == WorkspaceEvent(.pong, timestamp: 1))
    }

    @Test("A byte order mark is skipped, once")
    func skipsByteOrderMark() {
        let frame = [UInt8](#"{"type":"pong"}"#.utf8)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let decoder = WorkspaceEventDecoder()
        #expect(decoder.decode(mark + frame) == WorkspaceEvent(.pong, timestamp: nil))
        #expect(decoder.decode(mark + mark + frame).error?.offset == 3)
        #expect(decoder.decode(mark).error?.offset == 3)
    }

    @Test("All ways to hand over a frame read the same")
    func readsAnyStorage() {
        let frame = ExampleMessage.gitStatus.bytes
        let decoder = WorkspaceEventDecoder()
        #expect(frame.withUnsafeBytes { decoder.decode($0) } == ExampleMessage.gitStatus.event)
        #expect(decoder.decode(frame.span.bytes) == ExampleMessage.gitStatus.event)
        #expect(decoder.decode(UnsafeRawBufferPointer(start: nil, count: 0)).error?.code == .invalidSyntax)
    }
}

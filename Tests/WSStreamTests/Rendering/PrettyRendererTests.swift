import CommandIO
import Testing
import WorkspaceProtocol

@testable import wsstream

@Suite("The pretty format")
struct PrettyRendererTests {
    @Test("A line has local time, padded type, repository and words")
    func hasColumns() {
        let reset = GitReset(repositoryName: "web", previousHead: "9f2c1a0bb", currentHead: "11ab34cdd")
        #expect(
            pretty(WorkspaceEvent(.gitReset(reset), timestamp: 45_296_789))
                == "14:04:56.789  git_reset       web       head moved 9f2c1a0 -> 11ab34c\n"
        )
        #expect(
            pretty(WorkspaceEvent(.connected, timestamp: nil))
                == "--:--:--.---  connected       -         stream is open\n"
        )
    }

    @Test(
        "Each type shows its main content",
        arguments: [
            (
                .gitStatus(
                    GitStatus(
                        modified: ["a"],
                        added: [],
                        deleted: [],
                        untracked: ["b", "c"],
                        renamed: [],
                        ahead: 1,
                        behind: 2,
                        branch: "feat/x",
                        branchAdditions: 40,
                        branchDeletions: 3
                    )
                ), "feat/x ahead 1 behind 2 | M1 A0 D0 U2 R0 | +40 -3"
            ),
            (.gitStatus(GitStatus()), "(no branch) | not looked at yet | +0 -0"),
            (
                .gitStatus(GitStatus(modified: [], untracked: ["a"], branch: "HEAD")),
                "(detached) | M0 A? D? U1 R? | +0 -0"
            ),
            (
                .gitStatus(GitStatus(branch: "main", comparisonStatus: .unavailable)),
                "main | not looked at yet | +0 -0 (not compared)"
            ),
            (.branchSwitch(BranchSwitch(currentBranch: "main", currentHead: "1")), "(detached) -> main at 1"),
            (
                .branchSwitch(BranchSwitch(previousBranch: "main", currentBranch: "HEAD", currentHead: "1")),
                "main -> (detached) at 1"
            ),
            (.branchSwitch(BranchSwitch(previousBranch: "HEAD")), "(detached) -> (detached) at (none)"),
            (
                .processStatus(ProcessStatus(processID: "p", command: "true", status: .failed)),
                "(none) p failed without exit code: true"
            ),
            (
                .processStatus(ProcessStatus(processID: "p", command: "c", status: .exited, exitCode: 0)),
                "(none) p exited with exit code 0: c"
            ),
            (
                .processStatus(
                    ProcessStatus(processID: "p", kind: .dev, scriptName: "", command: "c", status: .running)
                ),
                "dev p running: c"
            ),
            (
                .gitCommit(
                    GitCommit(
                        commitSHA: "9f2c1a0bb",
                        message: "Add login\n\nbody",
                        authorName: "Ada",
                        filesChanged: 2,
                        insertions: 40,
                        deletions: 3
                    )
                ), "9f2c1a0 Add login (2 files, +40 -3) by Ada"
            ),
            (.gitCommit(GitCommit(filesChanged: 1)), "(none)  (1 file, +0 -0) by ?"),
            (
                .branchSwitch(BranchSwitch(previousBranch: "main", currentBranch: "feat/x", currentHead: "77de90bcc")),
                "main -> feat/x at 77de90b"
            ),
            (.fileChange(FileChange(path: "a.swift", operation: .write)), "write a.swift"),
            (.fileChange(FileChange(operation: .refresh)), "refresh (whole tree)"),
            (
                .processStatus(
                    ProcessStatus(processID: "p1", kind: .dev, command: "make", status: .failed, exitCode: 0)
                ),
                "dev p1 failed with exit code 0: make"
            ),
            (
                .processStatus(
                    ProcessStatus(processID: "p1", scriptName: "dev server", command: "make", status: .running)
                ),
                "dev server p1 running: make"
            ),
            (.shellOutput("total 12\r\n\u{1B}[0m"), #"total 12\r\n\e[0m"#),
            (.shellExit(code: 130), "shell exited with code 130"),
            (.shellResize(columns: 120, rows: 40), "120 x 40"),
            (.error("shell unavailable"), "shell unavailable"),
            (.missingPayload(.gitCommit), "malformed: the object of its type is missing"),
            (
                .unknown(UnknownMessage(type: WorkspaceMessageType(rawValue: "x"), rawText: "{\"type\":\"x\"}\n")),
                #"unknown type: {"type":"x"}"#
            ),
        ] as [(WorkspaceEvent.Content, String)]
    )
    func describes(content: WorkspaceEvent.Content, expected: String) {
        #expect(words(content) == expected)
    }

    @Test(
        "Lines of process output stand below each other",
        arguments: [
            ("one", "one"),
            ("one\n", "one"),
            ("one\r\ntwo\n", "one\n                                        | two"),
            ("\n\n", "\n                                        | "),
            ("\r\n", ""),
            ("one\rtwo\r\r\n\u{301}", "one\\rtwo\\r\n                                        | \u{301}"),
            ("", ""),
        ]
    )
    func alignsLines(data: String, expected: String) {
        let output = ProcessOutput(processID: "p1", stream: .standardOutput, data: data)
        #expect(words(.processOutput(output)) == "p1 stdout: \(expected)")
    }

    @Test("A malformed frame is marked, and shown escaped up to 200 bytes")
    func showsMalformed() throws {
        let frame = "{oops\u{1B}" + String(repeating: "x", count: 300)
        let event = WorkspaceEventDecoder().decode(Array(frame.utf8))
        let line = pretty(event)
        #expect(line.hasPrefix("--:--:--.---  malformed       -         malformed: "))
        #expect(line.hasSuffix(#"Frame: {oops\e"# + String(repeating: "x", count: 194) + "...\n"))
    }

    @Test(
        "No string of the server reaches the terminal unescaped",
        arguments: [
            "connected", "git_status", "git_commit", "git_reset", "branch_switch", "file_change", "process_output",
            "process_status", "shell_output", "error", "ev\\u001bil\\u009b", "\\u0007",
        ]
    )
    func escapesEveryField(type: String) {
        let evil = #"\u001b]0;x\u0007\u009b2J\r\u202e"#
        let members = [
            "branch", "repository_name", "commit_sha", "message", "author_name", "previous_head", "current_head",
            "previous_branch", "current_branch", "path", "operation", "process_id", "kind", "stream", "data", "command",
            "status", "script_name", "comparison_status",
        ]
        let payload = members.map { "\"\($0)\":\"\(evil)\"" }.joined(separator: ",")
        let frame = "{\"type\":\"\(type)\",\"\(type)\":{\(payload)},\"data\":\"\(evil)\",\"error\":\"\(evil)\"}"
        let line = pretty(WorkspaceEventDecoder().decode(Array(frame.utf8)))
        let isHarmless = line.dropLast().unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0 != "\u{202E}"
        }
        #expect(isHarmless, "\(line.debugDescription)")
    }

    @Test("Colour adds styles and changes neither text nor columns")
    func colours() {
        let change = FileChange(repositoryName: "web", path: "a\u{1B}b", operation: .write)
        let event = WorkspaceEvent(.fileChange(change), timestamp: 0)
        let (plain, colored) = (pretty(event), pretty(event, isColored: true))
        #expect(plain != colored)
        #expect(colored.contains("\u{1B}[34mfile_change\u{1B}[0m     \u{1B}[36mweb\u{1B}[0m       write"))
        var stripped = colored
        for style in ["2", "34", "36", "0"] { stripped.replace("\u{1B}[\(style)m", with: "") }
        #expect(stripped == plain)
    }
}

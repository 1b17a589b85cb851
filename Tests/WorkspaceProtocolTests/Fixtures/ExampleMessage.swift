import Testing

/// One message of each type, as agentctl writes it: the examples of the protocol's description.
enum ExampleMessage: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case connected
    case ping
    case pong
    case shellInput
    case shellResize
    case shellOutput
    case shellExit
    case error
    case fileChangeWrite
    case fileChangeRefresh
    case gitCommit
    case gitReset
    case branchSwitch
    case processStarted
    case processOutput
    case processFailed
    case gitStatus

    /// The frame.
    var text: String {
        switch self {
        case .connected: #"{"type":"connected","timestamp":1767225600123}"#
        case .ping: #"{"type":"ping","timestamp":1767225601000}"#
        case .pong: #"{"type":"pong","timestamp":1767225601002}"#
        case .shellInput: #"{"type":"shell_input","timestamp":1767225602000,"data":"ls -la\r"}"#
        case .shellResize: #"{"type":"shell_resize","timestamp":1767225602100,"cols":120,"rows":40}"#
        case .shellOutput:
            #"""
            {"type":"shell_output","timestamp":1767225602210,"data":"total 12\r\n\u001b[0m"}
            """#
        case .shellExit: #"{"type":"shell_exit","timestamp":1767225603000,"code":130}"#
        case .error: #"{"type":"error","timestamp":1767225603100,"error":"shell unavailable"}"#
        case .fileChangeWrite:
            #"""
            {"type":"file_change","timestamp":1767225604000,\#
            "file_change":{"timestamp":"2026-01-01T00:00:04.000000001Z","path":"Sources/App.swift",\#
            "operation":"write"}}
            """#
        case .fileChangeRefresh:
            #"""
            {"type":"file_change","timestamp":1767225604100,"file_change":{"timestamp":"2026-01-01T00:00:04.1Z",\#
            "repository_name":"web","path":"","operation":"refresh"}}
            """#
        case .gitCommit:
            #"""
            {"type":"git_commit","timestamp":1767225605000,"git_commit":{"timestamp":"2026-01-01T00:00:05Z",\#
            "repository_name":"web","commit_sha":"9f2c…","parent_sha":"11ab…","message":"Add login",\#
            "author_name":"Ada","author_email":"ada@example.org","files_changed":2,"insertions":40,\#
            "deletions":3,"committed_at":"2026-01-01T00:00:04Z"}}
            """#
        case .gitReset:
            #"""
            {"type":"git_reset","timestamp":1767225606000,"git_reset":{"timestamp":"2026-01-01T00:00:06Z",\#
            "previous_head":"9f2c…","current_head":"11ab…"}}
            """#
        case .branchSwitch:
            #"""
            {"type":"branch_switch","timestamp":1767225607000,\#
            "branch_switch":{"timestamp":"2026-01-01T00:00:07Z","previous_branch":"main",\#
            "current_branch":"feat/x","current_head":"77de…","base_commit":"11ab…"}}
            """#
        case .processStarted:
            #"""
            {"type":"process_status","timestamp":1767225608000,"process_status":{"session_id":"s1",\#
            "process_id":"p1","kind":"dev","script_name":"dev server","command":"npm run dev",\#
            "working_dir":"/repo/web","status":"running","timestamp":"2026-01-01T00:00:08Z"}}
            """#
        case .processOutput:
            #"""
            {"type":"process_output","timestamp":1767225609000,"process_output":{"session_id":"s1",\#
            "process_id":"p1","kind":"dev","stream":"stdout","data":"ready on :3000\n",\#
            "timestamp":"2026-01-01T00:00:09Z"}}
            """#
        case .processFailed:
            #"""
            {"type":"process_status","timestamp":1767225610000,"process_status":{"session_id":"s1",\#
            "process_id":"p1","kind":"dev","command":"npm run dev","working_dir":"/repo/web","status":"failed",\#
            "exit_code":1,"timestamp":"2026-01-01T00:00:10Z"}}
            """#
        case .gitStatus:
            #"""
            {"type":"git_status","timestamp":1767225611000,"git_status":{"timestamp":"2026-01-01T00:00:11Z",\#
            "repository_name":"web","modified":["a.swift"],"added":[],"deleted":[],"untracked":["b.txt"],\#
            "renamed":[],"ahead":1,"behind":0,"branch":"feat/x","remote_branch":"origin/feat/x",\#
            "remote_ahead":1,"remote_behind":0,"remote_head_commit":"11ab…","head_commit":"77de…",\#
            "base_commit":"11ab…","comparison_target":"origin/main","comparison_status":"ready",\#
            "files":{"a.swift":{"path":"a.swift","status":"modified","staged":false,"additions":2,"deletions":1,\#
            "diff":"@@ -1 +1,2 @@…"},"b.bin":{"path":"b.bin","status":"untracked","staged":false,\#
            "diff_skip_reason":"binary"}},"branch_additions":40,"branch_deletions":3}}
            """#
        }
    }

    /// The frame's bytes.
    var bytes: [UInt8] { [UInt8](self.text.utf8) }

    var testDescription: String { self.rawValue }
}

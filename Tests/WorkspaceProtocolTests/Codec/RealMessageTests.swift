import Testing
import WorkspaceProtocol

/// Messages like those of the real agentctl; all values are invented.
@Suite("What the real agentctl sends") struct RealMessageTests {
    private static let frames = [
        #"{"type":"connected","timestamp":1767225600123}"#, #"{"type":"pong","timestamp":1767225601002}"#,
        // A placeholder, a clean repository, and one with everything.
        #"{"type":"git_status","timestamp":1767225600124,"git_status":{"timestamp":"2026-01-01T00:00:00.12Z","modified":null,"added":null,"deleted":null,"untracked":null,"renamed":null,"ahead":0,"behind":0,"branch":"","remote_ahead":0,"remote_behind":0}}"#,
        #"{"type":"git_status","timestamp":1767225600125,"git_status":{"timestamp":"2026-01-01T00:00:00.123456789Z","repository_name":"api","modified":[],"added":[],"deleted":[],"untracked":[],"renamed":[],"ahead":0,"behind":0,"branch":"main","remote_ahead":0,"remote_behind":0,"head_commit":"77de","base_commit":"77de"}}"#,
        #"{"type":"git_status","timestamp":1767225600126,"git_status":{"timestamp":"2026-01-01T00:00:00.1Z","repository_name":"web","is_submodule":true,"modified":["a ü.txt"],"added":["b"],"deleted":["c"],"untracked":["d/\"e\""],"renamed":["g"],"ahead":2,"behind":1,"branch":"feat/x","remote_branch":"origin/feat/x","remote_ahead":1,"remote_behind":3,"remote_head_commit":"11ab","head_commit":"77de","base_commit":"11ab","comparison_target":"origin/main","comparison_status":"unavailable","comparison_error_code":"no_merge_base","files":{"a ü.txt":{"path":"a ü.txt","status":"modified","staged":false,"additions":1,"deletions":2,"diff":"@@ -1 +1 @@\n-\u003ca\u003e\n+b\n"},"d/\"e\"":{"path":"d/\"e\"","status":"untracked","staged":false,"diff_skip_reason":"binary"},"g":{"path":"g","status":"renamed","staged":true,"old_path":"f"}},"branch_additions":40,"branch_deletions":3}}"#,
        #"{"type":"git_status","timestamp":1767225600127,"git_status":{"timestamp":"2026-01-01T00:00:00.1Z","repository_name":"api","modified":[],"added":[],"deleted":[],"untracked":[],"renamed":[],"ahead":0,"behind":0,"branch":"HEAD","remote_ahead":0,"remote_behind":0,"head_commit":"77de","base_commit":"77de"}}"#,
        #"{"type":"git_commit","timestamp":1767225605000,"git_commit":{"timestamp":"0001-01-01T00:00:00Z","repository_name":"web","commit_sha":"9f2c","parent_sha":"11ab","message":"API commit","author_name":"","author_email":"","files_changed":2,"insertions":1,"deletions":0,"committed_at":"2026-01-01T00:00:04Z"}}"#,
        #"{"type":"git_commit","timestamp":1767225605001,"git_commit":{"timestamp":"2026-01-01T00:00:05.9Z","repository_name":"api","commit_sha":"9f2c","parent_sha":"","message":"Ü 日本 \"q\"","author_name":"A","author_email":"a@example.org","files_changed":4,"insertions":2,"deletions":1,"committed_at":"2026-01-01T00:00:05Z"}}"#,
        #"{"type":"git_reset","timestamp":1767225606000,"git_reset":{"timestamp":"2026-01-01T00:00:06Z","repository_name":"api","previous_head":"9f2c","current_head":"11ab"}}"#,
        #"{"type":"branch_switch","timestamp":1767225607000,"branch_switch":{"timestamp":"2026-01-01T00:00:07Z","repository_name":"api","previous_branch":"","current_branch":"main","current_head":"77de","base_commit":"77de"}}"#,
        #"{"type":"file_change","timestamp":1767225604000,"file_change":{"timestamp":"2026-01-01T00:00:04.000000001Z","path":"api/src/a.txt","operation":"create"}}"#,
        #"{"type":"file_change","timestamp":1767225604100,"file_change":{"timestamp":"2026-01-01T00:00:04.1Z","repository_name":"web","path":"","operation":"refresh"}}"#,
        #"{"type":"process_status","timestamp":1767225608000,"process_status":{"session_id":"s1","process_id":"p1","kind":"dev","script_name":"dev server","command":"echo \u003e\u00262","working_dir":"/repo","status":"starting","timestamp":"2026-01-01T00:00:08Z"}}"#,
        #"{"type":"process_status","timestamp":1767225608001,"process_status":{"session_id":"s1","process_id":"p2","kind":"","command":"true","working_dir":"","status":"exited","exit_code":0,"timestamp":"2026-01-01T00:00:08Z"}}"#,
        #"{"type":"process_status","timestamp":1767225608002,"process_status":{"session_id":"s1","process_id":"p3","kind":"weird","command":"x","working_dir":"/none","status":"failed","timestamp":"2026-01-01T00:00:08Z"}}"#,
        #"{"type":"process_status","timestamp":1767225608003,"process_status":{"session_id":"s1","process_id":"p4","kind":"setup","command":"sleep 60","working_dir":"/repo","status":"failed","exit_code":-1,"timestamp":"2026-01-01T00:00:08Z"}}"#,
        #"{"type":"process_output","timestamp":1767225609000,"process_output":{"session_id":"s1","process_id":"p1","kind":"dev","stream":"stderr","data":"half a character: \ufffd\n","timestamp":"2026-01-01T00:00:09Z"}}"#,
        #"{"type":"shell_output","timestamp":1767225610000,"data":"\u001b[?2004h"}"#,
        #"{"type":"shell_output","timestamp":1767225610001,"data":"exit\r\n"}"#,
    ]

    @Test("Each is read whole, and written again as it came", arguments: Self.frames)
    func roundTrips(frame: String) {
        // agentctl ends each message with a line break.
        let event = WorkspaceEvent(frame: frame + "\n")
        #expect(event.error == nil && event.deviations.isEmpty && event.rawBytes == nil)
        let written = String(decoding: WorkspaceEventEncoder().encode(event), as: UTF8.self)
        #expect(written == frame.replacing("\\ufffd", with: "\u{FFFD}"))
    }

    @Test("Each decodes to its meaning: placeholder and clean, detached, no kind, no time, no exit code")
    func meanings() throws {
        let events = Self.frames.map { WorkspaceEvent(frame: $0) }
        let statuses = events.compactMap { if case .gitStatus(let status) = $0.content { status } else { nil } }
        #expect(statuses.map(\.isPlaceholder) == [true, false, false, false])
        #expect(statuses.map(\.isDetached) == [false, false, false, true])
        let switches = events.compactMap { if case .branchSwitch(let it) = $0.content { it } else { nil } }
        #expect(switches.map(\.wasDetached) == [true] && switches.map(\.isDetached) == [false])
        let commits = events.compactMap { if case .gitCommit(let commit) = $0.content { commit } else { nil } }
        #expect(commits.map(\.timestamp.isUnknown) == [true, false])
        #expect(commits.map { $0.timestamp.instant == nil } == [true, false])
        let processes = events.compactMap { if case .processStatus(let status) = $0.content { status } else { nil } }
        #expect(processes.map(\.exitCode) == [nil, 0, nil, -1])
        #expect(processes.map(\.kind.rawValue) == ["dev", "", "weird", "setup"])
    }
}

/// A body of the control API, as agentctl sent it or took it.
struct CapturedBody: Sendable {
    var call: String
    var text: String

    init(_ call: String, _ text: String) { (self.call, self.text) = (call, text) }
}

// Bodies of requests that agentctl took.
extension CapturedBody {
    static let configure = [
        Self("configure", #"{"command": "python3 /srv/fake_acp.py", "env": {"K": "v"}}"#)
    ]
    static let terminalStart = [
        Self("with a size", #"{"terminal_id": "t1", "cols": 100, "rows": 30}"#),
        Self("without a size", #"{"terminal_id": "t1"}"#),
    ]
    static let processStart = [
        Self(
            "dev server",
            #"""
            {"session_id": "sess-1", "kind": "dev", "script_name": "dev server",
            "command": "echo out1; echo err1 >&2; sleep 2; printf \"no newline \u00fc\"; exit 3",
            "working_dir": "/srv/ws/api"}
            """#
        ),
        Self("no directory", #"{"session_id": "sess-1", "kind": "custom", "command": "true"}"#),
        Self(
            "environment and ring",
            #"""
            {"session_id": "sess-1", "kind": "setup", "command": "sleep 60", "working_dir": "/srv/ws/api",
            "env": {"A": "b"}, "buffer_max_bytes": 1000}
            """#
        ),
        Self("no kind", #"{"session_id": "s", "command": "true"}"#),
        Self("any kind", #"{"session_id": "s", "kind": "weird", "command": "echo w"}"#),
    ]
    static let processStop = [Self("stop", #"{"process_id": "1a3e63fa-3a62-4d7d-8ae5-72abe5f9d3fb"}"#)]
    static let pollMode = [
        Self("fast", #"{"mode": "fast"}"#), Self("slow", #"{"mode":"slow"}"#), Self("unknown", #"{"mode": "x"}"#),
    ]
    static let handshake = [Self("handshake", #"{"nonce": "nonce-1"}"#)]
    static let createInstance = [
        Self(
            "whole",
            #"""
            {"id":"exec-1","workspace_path":"/srv/ws","protocol":"acp","agent_command":"python3 /srv/fake_acp.py",
            "session_id":"sess-1","task_id":"task-1"}
            """#
        ),
        Self("only the path", #"{"workspace_path":"/srv/nosuch"}"#),
    ]
}

// Bodies of answers that agentctl sent.
extension CapturedBody {
    static let health = [Self("health", #"{"status":"ok","timestamp":"2026-11-29T07:29:54Z"}"#)]
    static let status = [
        Self("idle", #"{"agent_status":"stopped","process_info":{"exit_code":-1,"status":"stopped"}}"#),
        Self(
            "running",
            #"{"agent_status":"running","process_info":{"exit_code":-1,"pid":10926,"status":"running"}}"#
        ),
        Self(
            "crashed",
            """
            {"agent_status":"stopped","process_info":\
            {"exit_code":9,"exit_error":"exit status 9","pid":10926,"status":"stopped"}}
            """
        ),
        Self(
            "stopped",
            #"{"agent_status":"stopped","process_info":{"exit_code":0,"pid":11428,"status":"stopped"}}"#
        ),
    ]
    static let info = [
        Self(
            "info",
            #"{"version":"0.1.0","agent_command":"python3 /srv/fake_acp.py","work_dir":"/srv/ws","port":41001}"#
        )
    ]
    static let actions = [
        Self("configure, refused", #"{"success":false,"error":"command is required"}"#),
        Self("configured", #"{"success":true,"message":"agent configured"}"#),
        Self("started", #"{"success":true,"message":"agent started","command":"python3 /srv/fake_acp.py"}"#),
        Self("start, refused", #"{"success":false,"error":"agent is already running"}"#),
        Self("stopped", #"{"success":true,"message":"agent stopped"}"#),
    ]
    static let shellStatus = [
        Self("no shell", #"{"available":false,"running":false,"error":"shell not available"}"#),
        Self(
            "a shell",
            """
            {"available":true,"running":true,"pid":2975,"shell":"/bin/bash","cwd":"/srv/ws",\
            "started_at":"2026-11-29T07:30:42Z"}
            """
        ),
    ]
    static let shellBuffer = [Self("buffer", #"{"data":"\u001b[?2004huser@host:/srv/ws# héllo wörld\r\n24 80\r\n"}"#)]
    static let shellStart = [Self("start", #"{"status":"shell started"}"#)]
    static let terminals = [
        Self("started", #"{"status":"started","terminal_id":"t1"}"#),
        Self("stopped", #"{"status":"stopped","terminal_id":"none"}"#),
    ]
    private static let process = #"""
        {"id":"41013ce8-cb2e-443c-9443-5f6c4e1f43ab","session_id":"sess-1","kind":"dev","script_name":"dev server",
        "command":"echo out1; echo err1 \u003e\u00262; sleep 2; printf \"no newline ü\"; exit 3",
        "working_dir":"/srv/ws/api","status":"running","started_at":"2026-11-29T07:31:49.964021805Z",
        "updated_at":"2026-11-29T07:31:49.965284723Z"}
        """#
    static let processStarted = [
        Self("dev", #"{"process":\#(Self.process)}"#),
        Self(
            "no kind and no directory",
            #"""
            {"process":{"id":"920d7172-65cc-4528-bc6c-28381296b61e","session_id":"s","kind":"","command":"true",
            "working_dir":"","status":"running","started_at":"2026-11-29T07:31:58.689813943Z",
            "updated_at":"2026-11-29T07:31:58.764719515Z"}}
            """#
        ),
    ]
    static let processes = [Self("none", "[]"), Self("one", "[\(Self.process)]")]
    static let oneProcess = [
        Self("without output", Self.process),
        Self(
            "with output",
            String(Self.process.dropLast()) + #"""
                ,"output":[{"stream":"stdout","data":"out1\n","timestamp":"2026-11-29T07:31:49.971872354Z"},
                {"stream":"stderr","data":"err1\n","timestamp":"2026-11-29T07:31:49.972213859Z"}]}
                """#
        ),
    ]
    static let processStopped = [
        Self("stopped", #"{"success":true}"#),
        Self("refused", #"{"success":false,"error":"process_id is required"}"#),
    ]
    static let gitLog = [
        Self("several repositories, none named", #"{"success":true,"commits":[]}"#),
        Self(
            "a merge",
            """
            {"success":true,"commits":[{"commit_sha":"28628c2a73f03365ba6eaa28d40074d169cdadbc",\
            "parent_sha":"6e6c85aaf89ebcf4842eaf137d9f36fff263beff","commit_message":"Merge feat",\
            "author_name":"Author","author_email":"author@example.org","committed_at":"2026-11-29T07:31:33+00:00",\
            "files_changed":0,"insertions":0,"deletions":0,"pushed":false}]}
            """
        ),
    ]
    static let gitStatus = #"""
        {"success":true,"branch":"","remote_branch":"","head_commit":"","base_commit":"","ahead":0,"behind":0,
        "remote_ahead":0,"remote_behind":0,"modified":[],"added":[],"deleted":[],"untracked":[],"renamed":[],
        "files":{},"timestamp":"2026-11-29T07:41:40.612Z"}
        """#
    static let gitStatusList = #"""
        {"success":true,"repos":[{"repository_name":"api","status":{"success":true,"repository_name":"api",
        "branch":"main","remote_branch":"","head_commit":"28628c2a73f03365ba6eaa28d40074d169cdadbc",
        "base_commit":"28628c2a73f03365ba6eaa28d40074d169cdadbc","ahead":0,"behind":0,"remote_ahead":0,
        "remote_behind":0,"modified":["f1.txt"],"added":[],"deleted":[],"untracked":[],"renamed":[],
        "files":{"f1.txt":{"path":"f1.txt","status":"modified","staged":false,"additions":4,
        "diff":"diff --git a/f1.txt b/f1.txt\n+x\n"}},"timestamp":"2026-11-29T07:41:39.095Z","branch_additions":4}}]}
        """#
    static let handshakeAnswer = [Self("token", #"{"token":"0123456789abcdef"}"#)]
    static let instanceCreated = [Self("created", #"{"id":"exec-1","port":41001}"#)]
    private static let instance = #"""
        {"id":"exec-1","port":41001,"status":"running","workspace_path":"/srv/ws",
        "agent_command":"python3 /srv/fake_acp.py","created_at":"2026-11-29T07:29:36.732764565Z"}
        """#
    static let oneInstance = [Self("one", Self.instance)]
    static let instances = [
        Self("none", "[]"),
        Self(
            "two",
            #"""
            [\#(Self.instance),{"id":"exec-2","port":41002,"status":"running","workspace_path":"/srv/single",
            "agent_command":"python3 /srv/fake_acp.py","env":{"X":"1"},"created_at":"2026-11-29T07:29:36.817986839Z"}]
            """#
        ),
    ]
    static let instanceDeleted = [Self("deleted", #"{"message":"instance stopped successfully"}"#)]
}

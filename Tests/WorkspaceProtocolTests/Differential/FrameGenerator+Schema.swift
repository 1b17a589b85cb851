extension FrameGenerator {
    /// The kind of value of a member.
    enum Kind {
        case text
        case integer
        case bool
        case texts
        case files
    }

    static let types = [
        "connected", "git_status", "git_status", "git_status", "git_commit", "git_reset", "branch_switch",
        "file_change",
        "process_output", "process_status", "shell_output", "shell_exit", "error", "ping", "pong", "shell_input",
        "shell_resize", "file_list", "", "git_statu\u{73}\u{301}",
    ]

    /// The members of each payload; written here again, and not taken from the library.
    static let payloads: [String: [(String, Kind)]] = [
        "git_status": [
            ("timestamp", .text), ("repository_name", .text), ("is_submodule", .bool), ("modified", .texts),
            ("added", .texts), ("deleted", .texts), ("untracked", .texts), ("renamed", .texts), ("ahead", .integer),
            ("behind", .integer), ("branch", .text), ("remote_branch", .text), ("remote_ahead", .integer),
            ("remote_behind", .integer), ("remote_head_commit", .text), ("head_commit", .text), ("base_commit", .text),
            ("comparison_target", .text), ("comparison_status", .text), ("comparison_error_code", .text),
            ("files", .files), ("branch_additions", .integer), ("branch_deletions", .integer),
        ],
        "git_commit": [
            ("timestamp", .text), ("repository_name", .text), ("commit_sha", .text), ("parent_sha", .text),
            ("message", .text), ("author_name", .text), ("author_email", .text), ("files_changed", .integer),
            ("insertions", .integer), ("deletions", .integer), ("committed_at", .text),
        ],
        "git_reset": [
            ("timestamp", .text), ("repository_name", .text), ("previous_head", .text), ("current_head", .text),
        ],
        "branch_switch": [
            ("timestamp", .text), ("repository_name", .text), ("previous_branch", .text), ("current_branch", .text),
            ("current_head", .text), ("base_commit", .text),
        ],
        "file_change": [("timestamp", .text), ("repository_name", .text), ("path", .text), ("operation", .text)],
        "process_output": [
            ("session_id", .text), ("process_id", .text), ("kind", .text), ("stream", .text), ("data", .text),
            ("timestamp", .text),
        ],
        "process_status": [
            ("session_id", .text), ("process_id", .text), ("kind", .text), ("script_name", .text), ("command", .text),
            ("working_dir", .text), ("status", .text), ("exit_code", .integer), ("timestamp", .text),
        ],
    ]

    static let file: [(String, Kind)] = [
        ("path", .text), ("status", .text), ("staged", .bool), ("additions", .integer), ("deletions", .integer),
        ("old_path", .text), ("diff", .text), ("diff_skip_reason", .text),
    ]

    /// Names of the protocol that may be used in a wrong place.
    static let foreign = [
        "data", "code", "cols", "error", "type", "timestamp", "git_status", "file_change", "files", "path",
    ]

    static let numbers = [
        "0", "-0", "-7", "1.0", "1e3", "1E+2", "25e-1", "250e-1", "1.5", "01", "1.", ".5", "+1", "-", "1e", "0x1",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1e18", "1e19",
        "9007199254740993", "9007199254740993.0", "123456789012345678901234567890", "1e-2", "0.0", "0e5", "-0.0e1",
        "1000000000000000000000e-3", "NaN", "1 2",
    ]

    static let characters = [
        "a", "b", "Z", "0", "_", "/", " ", "\"", "\\", "\n", "\t", "\u{0}", "\u{1F}", "\u{7F}", "é", "e\u{301}", "…",
        "\u{2028}", "\u{FEFF}", "\u{FFFD}", "\u{1F600}", "\u{10FFFF}", "<", "&",
    ]
}

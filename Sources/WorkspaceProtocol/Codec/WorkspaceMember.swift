/// The members of the envelope, in agentctl's order.
enum WorkspaceMember {
    static var type: JSONField { JSONField(0, "type") }
    static var timestamp: JSONField { JSONField(1, "timestamp") }
    static var data: JSONField { JSONField(2, "data") }
    static var code: JSONField { JSONField(3, "code") }
    static var columns: JSONField { JSONField(4, "cols") }
    static var rows: JSONField { JSONField(5, "rows") }
    static var gitStatus: JSONField { JSONField(6, "git_status") }
    static var gitCommit: JSONField { JSONField(7, "git_commit") }
    static var gitReset: JSONField { JSONField(8, "git_reset") }
    static var branchSwitch: JSONField { JSONField(9, "branch_switch") }
    static var fileChange: JSONField { JSONField(10, "file_change") }
    static var processOutput: JSONField { JSONField(11, "process_output") }
    static var processStatus: JSONField { JSONField(12, "process_status") }
    static var error: JSONField { JSONField(13, "error") }
}

import WorkspaceProtocol

extension PrettyRenderer {
    /// For instance `feat/x ahead 1 behind 2 | M1 A0 D0 U1 R0 | +40 -3`.
    static func describe(_ status: GitStatus, in line: inout TerminalLine) {
        if status.branch.isEmpty {
            line.text("(no branch)", .bold)
        } else {
            Self.describeBranch(status.branch, isDetached: status.isDetached, in: &line)
        }
        if status.ahead != 0 { line.number(" ahead ", status.ahead) }
        if status.behind != 0 { line.number(" behind ", status.behind) }
        line.text(" | ", .dim)
        if status.isPlaceholder {
            line.text("not looked at yet", .dim)
        } else {
            Self.describeCount("M", status.modified, in: &line)
            Self.describeCount(" A", status.added, in: &line)
            Self.describeCount(" D", status.deleted, in: &line)
            Self.describeCount(" U", status.untracked, in: &line)
            Self.describeCount(" R", status.renamed, in: &line)
        }
        line.text(" | ", .dim)
        Self.describeLines(added: status.branchAdditions, removed: status.branchDeletions, in: &line)
        if status.comparisonStatus == .unavailable { line.text(" (not compared)", .yellow) }
    }

    /// Writes the number of entries, or a question mark if the list is missing.
    private static func describeCount(_ letter: StaticString, _ list: [String]?, in line: inout TerminalLine) {
        guard let list else {
            line.text(letter)
            return line.text("?")
        }
        line.number(letter, list.count)
    }

    private static func describeBranch(_ name: String, isDetached: Bool, in line: inout TerminalLine) {
        if isDetached { line.text("(detached)", .bold) } else { line.untrusted(name, .bold) }
    }

    /// For instance `9f2c1a0 Add login (2 files, +40 -3) by Ada`.
    static func describe(_ commit: GitCommit, in line: inout TerminalLine) {
        Self.abbreviate(commit.commitSHA, in: &line)
        line.text(" ")
        line.untrusted(String(commit.message.prefix { !$0.isNewline }))
        line.number(" (", commit.filesChanged, commit.filesChanged == 1 ? " file, " : " files, ")
        Self.describeLines(added: commit.insertions, removed: commit.deletions, in: &line)
        line.text(") by ")
        line.untrusted(commit.authorName.isEmpty ? "?" : commit.authorName)
    }

    /// For instance `9f2c1a0 -> 11ab34c`.
    static func describe(_ reset: GitReset, in line: inout TerminalLine) {
        line.text("head moved ")
        Self.abbreviate(reset.previousHead, in: &line)
        line.text(" -> ")
        Self.abbreviate(reset.currentHead, in: &line)
    }

    /// For instance `main -> feat/x at 77de90b`.
    static func describe(_ branchSwitch: BranchSwitch, in line: inout TerminalLine) {
        if branchSwitch.wasDetached { line.text("(detached)") } else { line.untrusted(branchSwitch.previousBranch) }
        line.text(" -> ")
        Self.describeBranch(branchSwitch.currentBranch, isDetached: branchSwitch.isDetached, in: &line)
        line.text(" at ")
        Self.abbreviate(branchSwitch.currentHead, in: &line)
    }

    /// For instance `write Sources/App.swift`.
    static func describe(_ change: FileChange, in line: inout TerminalLine) {
        line.untrusted(change.operation.rawValue)
        line.text(" ")
        if change.path.isEmpty { line.text("(whole tree)", .dim) } else { line.untrusted(change.path) }
    }

    private static func describeLines(added: Int, removed: Int, in line: inout TerminalLine) {
        line.number("+", added, "", .green)
        line.number(" -", removed, "", .red)
    }

    /// Writes the first 7 characters of a commit, as git does.
    private static func abbreviate(_ sha: String, in line: inout TerminalLine) {
        line.untrusted(sha.isEmpty ? "(none)" : String(sha.prefix(7)), .yellow)
    }
}

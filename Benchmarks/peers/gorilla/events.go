package main

// Event is a workspace event as Go programs usually model it: an envelope, and a pointer to the payload of its type.
// Timestamps stay strings, as in our own client; time.Time would cost more.
type Event struct {
	Type          string         `json:"type"`
	Timestamp     int64          `json:"timestamp"`
	Data          string         `json:"data"`
	Code          int            `json:"code"`
	Columns       int            `json:"cols"`
	Rows          int            `json:"rows"`
	GitStatus     *GitStatus     `json:"git_status"`
	GitCommit     *GitCommit     `json:"git_commit"`
	GitReset      *GitReset      `json:"git_reset"`
	BranchSwitch  *BranchSwitch  `json:"branch_switch"`
	FileChange    *FileChange    `json:"file_change"`
	ProcessOutput *ProcessOutput `json:"process_output"`
	ProcessStatus *ProcessStatus `json:"process_status"`
	Error         string         `json:"error"`
}

// FileInfo is one file of a GitStatus.
type FileInfo struct {
	Path           string `json:"path"`
	Status         string `json:"status"`
	Staged         bool   `json:"staged"`
	Additions      int    `json:"additions"`
	Deletions      int    `json:"deletions"`
	OldPath        string `json:"old_path"`
	Diff           string `json:"diff"`
	DiffSkipReason string `json:"diff_skip_reason"`
}

// GitStatus is the payload of git_status.
type GitStatus struct {
	Timestamp           string              `json:"timestamp"`
	RepositoryName      string              `json:"repository_name"`
	IsSubmodule         bool                `json:"is_submodule"`
	Modified            []string            `json:"modified"`
	Added               []string            `json:"added"`
	Deleted             []string            `json:"deleted"`
	Untracked           []string            `json:"untracked"`
	Renamed             []string            `json:"renamed"`
	Ahead               int                 `json:"ahead"`
	Behind              int                 `json:"behind"`
	Branch              string              `json:"branch"`
	RemoteBranch        string              `json:"remote_branch"`
	RemoteAhead         int                 `json:"remote_ahead"`
	RemoteBehind        int                 `json:"remote_behind"`
	RemoteHeadCommit    string              `json:"remote_head_commit"`
	HeadCommit          string              `json:"head_commit"`
	BaseCommit          string              `json:"base_commit"`
	ComparisonTarget    string              `json:"comparison_target"`
	ComparisonStatus    string              `json:"comparison_status"`
	ComparisonErrorCode string              `json:"comparison_error_code"`
	Files               map[string]FileInfo `json:"files"`
	BranchAdditions     int                 `json:"branch_additions"`
	BranchDeletions     int                 `json:"branch_deletions"`
}

// GitCommit is the payload of git_commit.
type GitCommit struct {
	Timestamp      string `json:"timestamp"`
	RepositoryName string `json:"repository_name"`
	CommitSHA      string `json:"commit_sha"`
	ParentSHA      string `json:"parent_sha"`
	Message        string `json:"message"`
	AuthorName     string `json:"author_name"`
	AuthorEmail    string `json:"author_email"`
	FilesChanged   int    `json:"files_changed"`
	Insertions     int    `json:"insertions"`
	Deletions      int    `json:"deletions"`
	CommittedAt    string `json:"committed_at"`
}

// GitReset is the payload of git_reset.
type GitReset struct {
	Timestamp      string `json:"timestamp"`
	RepositoryName string `json:"repository_name"`
	PreviousHead   string `json:"previous_head"`
	CurrentHead    string `json:"current_head"`
}

// BranchSwitch is the payload of branch_switch.
type BranchSwitch struct {
	Timestamp      string `json:"timestamp"`
	RepositoryName string `json:"repository_name"`
	PreviousBranch string `json:"previous_branch"`
	CurrentBranch  string `json:"current_branch"`
	CurrentHead    string `json:"current_head"`
	BaseCommit     string `json:"base_commit"`
}

// FileChange is the payload of file_change.
type FileChange struct {
	Timestamp      string `json:"timestamp"`
	RepositoryName string `json:"repository_name"`
	Path           string `json:"path"`
	Operation      string `json:"operation"`
}

// ProcessOutput is the payload of process_output.
type ProcessOutput struct {
	SessionID string `json:"session_id"`
	ProcessID string `json:"process_id"`
	Kind      string `json:"kind"`
	Stream    string `json:"stream"`
	Data      string `json:"data"`
	Timestamp string `json:"timestamp"`
}

// ProcessStatus is the payload of process_status.
type ProcessStatus struct {
	SessionID        string `json:"session_id"`
	ProcessID        string `json:"process_id"`
	Kind             string `json:"kind"`
	ScriptName       string `json:"script_name"`
	Command          string `json:"command"`
	WorkingDirectory string `json:"working_dir"`
	Status           string `json:"status"`
	ExitCode         *int   `json:"exit_code"`
	Timestamp        string `json:"timestamp"`
}

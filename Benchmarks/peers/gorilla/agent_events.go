package main

import "encoding/json"

// AgentEvent is an event of the agent stream as Go programs usually model it: the members of message_chunk and of
// tool_update in one struct. The four supports_… are not in it, because these events do not keep them. What a tool gets
// and gives stays as its text, as in our own client.
type AgentEvent struct {
	Type             string          `json:"type"`
	SessionID        string          `json:"session_id"`
	OperationID      string          `json:"operation_id"`
	PromptGeneration int64           `json:"prompt_generation"`
	TurnID           string          `json:"turn_id"`
	Text             string          `json:"text"`
	MessageID        string          `json:"protocol_message_id"`
	ToolCallID       string          `json:"tool_call_id"`
	ParentToolCallID string          `json:"parent_tool_call_id"`
	ToolName         string          `json:"tool_name"`
	ToolTitle        string          `json:"tool_title"`
	ToolStatus       string          `json:"tool_status"`
	Normalized       json.RawMessage `json:"normalized"`
	Diff             string          `json:"diff"`
	ContentBlocks    []ContentBlock  `json:"content_blocks"`
	Role             string          `json:"role"`
	ToolCallContents []ToolContent   `json:"tool_call_contents"`
}

// ContentBlock is a piece of content: text, an image, audio, or a resource.
type ContentBlock struct {
	Type        string `json:"type"`
	Text        string `json:"text"`
	Data        string `json:"data"`
	MIMEType    string `json:"mime_type"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Size        *int   `json:"size"`
}

// ToolContent is one thing that a tool has produced.
type ToolContent struct {
	Type       string        `json:"type"`
	Content    *ContentBlock `json:"content"`
	Path       string        `json:"path"`
	OldText    *string       `json:"old_text"`
	NewText    string        `json:"new_text"`
	TerminalID string        `json:"terminal_id"`
}

/// An event of the agent stream as a program usually writes it for `JSONDecoder`.
///
/// It has the members of `message_chunk` and `tool_update`. The four `supports_…` are not in it, because these events
/// do not keep them; our own decoder reads them nevertheless.
struct AgentMessage: Decodable {
    let type: String
    let sessionID: String?
    let operationID: String?
    let promptGeneration: Int64?
    let turnID: String?
    let text: String?
    let messageID: String?
    let toolCallID: String?
    let parentToolCallID: String?
    let toolName: String?
    let toolTitle: String?
    let toolStatus: String?
    let normalized: Normalized?
    let diff: String?
    let contentBlocks: [ContentBlock]?
    let role: String?
    let toolCallContents: [ToolContent]?

    enum CodingKeys: String, CodingKey {
        case type, text, normalized, diff, role
        case sessionID = "session_id"
        case operationID = "operation_id"
        case promptGeneration = "prompt_generation"
        case turnID = "turn_id"
        case messageID = "protocol_message_id"
        case toolCallID = "tool_call_id"
        case parentToolCallID = "parent_tool_call_id"
        case toolName = "tool_name"
        case toolTitle = "tool_title"
        case toolStatus = "tool_status"
        case contentBlocks = "content_blocks"
        case toolCallContents = "tool_call_contents"
    }

    /// `JSONDecoder` can't keep a value as its text, as our own decoder does; so it gets the members that there are.
    struct Normalized: Decodable {
        let kind: String
        let shellExec: ShellExec?

        enum CodingKeys: String, CodingKey {
            case kind
            case shellExec = "shell_exec"
        }
    }

    struct ShellExec: Decodable {
        let command: String
        let workDirectory: String?
        let output: Output?

        enum CodingKeys: String, CodingKey {
            case command, output
            case workDirectory = "work_dir"
        }
    }

    struct Output: Decodable {
        let stdout: String?
    }

    struct ContentBlock: Decodable {
        let type: String
        let text: String?
        let data: String?
        let mimeType: String?
        let uri: String?
        let name: String?
        let title: String?
        let description: String?
        let size: Int?

        enum CodingKeys: String, CodingKey {
            case type, text, data, uri, name, title, description, size
            case mimeType = "mime_type"
        }
    }

    struct ToolContent: Decodable {
        let type: String
        let content: ContentBlock?
        let path: String?
        let oldText: String?
        let newText: String?
        let terminalID: String?

        enum CodingKeys: String, CodingKey {
            case type, content, path
            case oldText = "old_text"
            case newText = "new_text"
            case terminalID = "terminal_id"
        }
    }
}

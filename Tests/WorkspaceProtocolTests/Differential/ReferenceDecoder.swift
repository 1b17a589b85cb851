import Foundation
import WorkspaceProtocol

/// Reads frames with Foundation, for comparison.
///
/// `JSONDecoder` does not check values that are not used, but `JSONSerialization` reads everything. So both must accept
/// a text as well-formed.
struct ReferenceDecoder {
    /// The event, or `nil` if the frame is malformed.
    func decode(_ frame: [UInt8]) -> WorkspaceEvent? {
        let text = Data(frame)
        guard (try? JSONSerialization.jsonObject(with: text)) != nil else { return nil }
        guard let message = try? JSONDecoder().decode(ReferenceMessage.self, from: text) else { return nil }
        let raw = UnknownMessage(
            type: WorkspaceMessageType(rawValue: message.type),
            rawText: String(decoding: frame, as: UTF8.self)
        )
        return WorkspaceEvent(message.content ?? .unknown(raw), timestamp: message.timestamp)
    }

    /// Whether an exponent has so many digits that `JSONSerialization` cannot make a `Double` of the number.
    ///
    /// `JSONDecoder` accepts it if its value is not used, and so does the library.
    func hasHugeExponent(_ frame: [UInt8]) -> Bool {
        String(decoding: frame, as: UTF8.self).contains(/[0-9][eE][+-]?[0-9]{3}/)
    }

    /// Whether a comma comes before a closing bracket; Foundation accepts that, RFC 8259 does not.
    func hasTrailingComma(_ frame: [UInt8]) -> Bool {
        var isInString = false
        var isEscaped = false
        var last: UInt8 = 0
        for byte in frame {
            if isInString {
                if !isEscaped, byte == UInt8(ascii: "\"") { isInString = false }
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                last = byte
                continue
            }
            if last == UInt8(ascii: ","), byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { return true }
            if ![0x20, 0x0A, 0x0D, 0x09].contains(byte) { last = byte }
            isInString = byte == UInt8(ascii: "\"")
        }
        return false
    }
}

/// The envelope, with the members that its type uses.
private struct ReferenceMessage: Decodable {
    let type: String
    let timestamp: Int64?
    /// `nil` for an unknown type.
    let content: WorkspaceEvent.Content?

    private enum CodingKeys: String, CodingKey {
        case type, timestamp, data, code, cols, rows, error
        case gitStatus = "git_status"
        case gitCommit = "git_commit"
        case gitReset = "git_reset"
        case branchSwitch = "branch_switch"
        case fileChange = "file_change"
        case processOutput = "process_output"
        case processStatus = "process_status"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(String.self, forKey: .type)
        func text(_ key: CodingKeys) throws -> String { try container.decodeIfPresent(String.self, forKey: key) ?? "" }
        func number(_ key: CodingKeys) throws -> Int { try container.decodeIfPresent(Int.self, forKey: key) ?? 0 }
        func payload<Payload: ReferencePayload>(
            _ payload: Payload.Type,
            _ key: CodingKeys,
            _ content: (Payload.Value) -> WorkspaceEvent.Content
        ) throws -> WorkspaceEvent.Content {
            let value = try container.decodeIfPresent(payload, forKey: key)
            return value.map { content($0.value) } ?? .missingPayload(WorkspaceMessageType(rawValue: type))
        }
        self.type = type
        self.timestamp = try container.decodeIfPresent(Int64.self, forKey: .timestamp)
        self.content =
            switch type {
            case "connected": .connected
            case "ping": .ping
            case "pong": .pong
            case "shell_output": .shellOutput(try text(.data))
            case "shell_input": .shellInput(try text(.data))
            case "shell_exit": .shellExit(code: try number(.code))
            case "shell_resize": .shellResize(columns: try number(.cols), rows: try number(.rows))
            case "error": .error(try text(.error))
            case "git_status": try payload(ReferenceGitStatus.self, .gitStatus) { .gitStatus($0) }
            case "git_commit": try payload(ReferenceGitCommit.self, .gitCommit) { .gitCommit($0) }
            case "git_reset": try payload(ReferenceGitReset.self, .gitReset) { .gitReset($0) }
            case "branch_switch": try payload(ReferenceBranchSwitch.self, .branchSwitch) { .branchSwitch($0) }
            case "file_change": try payload(ReferenceFileChange.self, .fileChange) { .fileChange($0) }
            case "process_output": try payload(ReferenceProcessOutput.self, .processOutput) { .processOutput($0) }
            case "process_status": try payload(ReferenceProcessStatus.self, .processStatus) { .processStatus($0) }
            default: nil
            }
    }
}

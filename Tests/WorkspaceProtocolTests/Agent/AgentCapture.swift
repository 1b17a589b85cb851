import Foundation
import Testing
import WorkspaceProtocol

/// One message of an agent stream, as the real agentctl and its client exchanged it.
struct AgentCapture: Sendable, CustomTestStringConvertible {
    /// Whether the client sent it.
    let isSent: Bool
    /// The whole text.
    let text: String

    var bytes: [UInt8] { Array(self.text.utf8) }
    var testDescription: String { String(self.text.prefix(100)) }

    /// The JSON of the message.
    var tree: NSDictionary { Self.tree(self.bytes) ?? [:] }

    /// A member of the message as text; empty if it is no string.
    subscript(_ member: String) -> String { self.tree[member] as? String ?? "" }

    static func tree(_ bytes: [UInt8]) -> NSDictionary? {
        (try? JSONSerialization.jsonObject(with: Data(bytes))) as? NSDictionary
    }

    static let all: [AgentCapture] = {
        let file = URL(filePath: #filePath).appending(path: "../../Fixtures/agent-stream.txt").standardizedFileURL
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { line in
            AgentCapture(isSent: line.hasPrefix(">>"), text: String(line.dropFirst(3)))
        }
    }()

    static let received = Self.all.filter { !$0.isSent }
    static let sent = Self.all.filter(\.isSent)

    /// The captured events: messages without an id.
    static let events = Self.received.filter { $0["id"].isEmpty }

    /// The captured event of this type, the first of several.
    static func event(_ type: String, where condition: (AgentCapture) -> Bool = { _ in true }) throws -> AgentEvent {
        let found = Self.events.first { $0["type"] == type && condition($0) }
        guard let found, case .event(let event) = AgentStreamDecoder().decode(found.bytes) else {
            throw MissingCapture(type: type)
        }
        return event
    }

    struct MissingCapture: Error { let type: String }
}

extension AgentStreamMessage {
    /// Decodes a message.
    init(frame: String) { self = AgentStreamDecoder().decode(Array(frame.utf8)) }

    /// The event; nil for an answer or a request.
    var event: AgentEvent? { if case .event(let event) = self { event } else { nil } }

    /// What is wrong with the frame; nil if it could be read.
    var error: WorkspaceProtocolError? {
        if case .event(let event) = self, case .malformed(let message) = event.content { message.error } else { nil }
    }
}

import Foundation
import Testing
import WorkspaceProtocol

@Suite("What the real agentctl sends on the agent stream, and what its client sends")
struct AgentCaptureTests {
    private let decoder = AgentStreamDecoder()
    private let encoder = AgentStreamEncoder()

    @Test("The captures are there: each kind of message")
    func captures() {
        let types = Set(AgentCapture.received.map { $0["type"] })
        #expect(types.count == 15)
        #expect(Set(AgentCapture.sent.map { $0["action"] }).count == 16)
    }

    @Test("Each event is read whole, and written again as it came", arguments: AgentCapture.events)
    func events(capture: AgentCapture) throws {
        let event = try #require(self.decoder.decode(capture.bytes + [UInt8(ascii: "\n")]).event)
        #expect(event.type.rawValue == capture["type"])
        #expect(event.deviations.isEmpty && event.rawBytes == nil)
        if case .unknown = event.content { Issue.record("unknown") }
        #expect(String(decoding: self.encoder.encode(event), as: UTF8.self) == capture.text)
    }

    @Test(
        "Each answer has the id, the action and the payload that came",
        arguments: AgentCapture.received.filter { !$0["id"].isEmpty }
    )
    func answers(capture: AgentCapture) throws {
        let payload: RawJSON
        switch self.decoder.decode(capture.bytes) {
        case .response(let response):
            #expect(capture["type"] == "response")
            #expect((response.id, response.action.rawValue) == (capture["id"], capture["action"]))
            payload = response.payload
        case .errorResponse(let response):
            #expect(capture["type"] == "error")
            #expect((response.id, response.action.rawValue) == (capture["id"], capture["action"]))
            #expect(!response.error.code.rawValue.isEmpty && !response.error.message.isEmpty)
            payload = response.payload
        default:
            Issue.record("not an answer")
            return
        }
        #expect(AgentCapture.tree(Array(payload.text.utf8)) == capture.tree["payload"] as? NSDictionary)
    }

    @Test(
        "A message cut short anywhere is malformed, and keeps its bytes",
        arguments: AgentCapture.received.filter { $0.text.utf8.count < 700 }
    )
    func truncation(capture: AgentCapture) {
        for count in 0..<capture.bytes.count {
            let frame = [UInt8](capture.bytes[..<count])
            guard case .event(let event) = self.decoder.decode(frame), case .malformed(let message) = event.content
            else {
                Issue.record("The first \(count) bytes were accepted.")
                continue
            }
            #expect(message.rawBytes == frame)
            #expect((0...count).contains(message.error.offset))
        }
    }

    @Test("A message whose type comes last is read the same", arguments: AgentCapture.received)
    func typeLast(capture: AgentCapture) {
        let type = "\"type\":\"\(capture["type"])\""
        let others = capture.text.replacing("\(type),", with: "", maxReplacements: 1).dropLast()
        #expect(AgentStreamMessage(frame: "\(others),\(type)}") == self.decoder.decode(capture.bytes))
    }

    @Test("Each request of the client is written with the same JSON", arguments: AgentCapture.sent)
    func requests(capture: AgentCapture) throws {
        let frame = try #require(try Self.request(capture))
        let tree = capture.tree.mutableCopy() as? NSMutableDictionary ?? [:]
        // The client may leave out an empty payload; we always send it.
        if tree["payload"] == nil { tree["payload"] = NSDictionary() }
        #expect(AgentCapture.tree(frame) == tree)
    }

    /// Writes the request of a capture by the functions of this library.
    private static func request(_ capture: AgentCapture) throws -> [UInt8]? {
        let payload = capture.tree["payload"] as? [String: Any] ?? [:]
        func text(_ name: String) -> String { payload[name] as? String ?? "" }
        func frame<Answer>(_ request: AgentRequest<Answer>) -> [UInt8] {
            AgentStreamEncoder().encode(
                request,
                id: capture["id"],
                timestamp: RFC3339Timestamp(rawValue: capture["timestamp"])
            )
        }
        let servers = (payload["mcp_servers"] as? [[String: String]] ?? []).map {
            AgentMCPServer(name: $0["name"] ?? "", type: $0["type"] ?? "", url: $0["url"] ?? "")
        }
        switch AgentAction(rawValue: capture["action"]) {
        case .initialize:
            return frame(.initialize(clientName: text("client_name"), clientVersion: text("client_version")))
        case .newSession: return frame(.newSession(directory: text("cwd"), mcpServers: servers))
        case .resetSession: return frame(.resetSession(directory: text("cwd"), mcpServers: servers))
        // A capture shows what the server says if the session is missing.
        case .loadSession where text("session_id").isEmpty: return frame(AgentRequest<RawJSON>(.loadSession))
        case .loadSession: return frame(.loadSession(text("session_id"), mcpServers: servers))
        case .prompt: return frame(.prompt(text("text"), generation: payload["prompt_generation"] as? Int64))
        case .cancel: return frame(.cancel())
        case .listPermissions: return frame(.listPermissions())
        case .respondToPermission:
            return frame(.respondToPermission(pendingID: text("pending_id"), optionID: text("option_id")))
        case .resolvePermission:
            let (request, pending) = (text("request_id"), text("pending_id"))
            return frame(.resolvePermission(requestID: request, pendingID: pending, optionID: text("option_id")))
        case .cancelPermission:
            return frame(.cancelPermission(requestID: text("request_id"), pendingID: text("pending_id")))
        case .standardError: return frame(.standardError())
        case .setMode: return frame(.setMode(text("mode_id"), sessionID: text("session_id")))
        case .setModel: return frame(.setModel(text("model_id"), sessionID: text("session_id")))
        case .setConfigOption:
            let (id, value) = (text("config_id"), text("value"))
            return frame(.setConfigOption(id, value: value, sessionID: text("session_id")))
        case .authenticate: return frame(.authenticate(methodID: text("method_id")))
        case let action: return frame(AgentRequest<RawJSON>(action))
        }
    }
}

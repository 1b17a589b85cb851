import ConcurrencyPrimitives
import TestSupport
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import AgentRuntime

/// A client with an open agent stream whose peer is the test.
struct AgentFixture {
    let base: ClientFixture
    let stream: AgentStream
    let connection: ScriptedConnection

    var client: AgentRuntimeClient { self.base.client }
    var timers: ManualTimers { self.base.timers }

    init(
        _ change: (inout AgentStreamConfiguration) -> Void = { _ in },
        runtime: (inout AgentRuntimeConfiguration) -> Void = { _ in }
    ) async throws {
        self.base = try ClientFixture(runtime)
        (self.stream, self.connection) = try await self.base.openAgent(change)
    }
}

extension ClientFixture {
    /// Opens an agent stream with a dial that succeeds.
    func openAgent(
        _ change: (inout AgentStreamConfiguration) -> Void = { _ in }
    ) async throws -> (stream: AgentStream, connection: ScriptedConnection) {
        var configuration = AgentStreamConfiguration()
        change(&configuration)
        let index = self.transport.dials.count
        async let stream = self.client.openAgentStream(configuration)
        let connection = try await self.dial(index).succeed()
        return (try await stream, connection)
    }
}

/// A message of the client, as the scripted peer received it.
struct SentMessage: Sendable {
    let json: RawJSON

    var id: String { self.json["id"]?.string ?? "" }
    var action: String { self.json["action"]?.string ?? "" }
    var type: String { self.json["type"]?.string ?? "" }
    var payload: RawJSON { self.json["payload"] ?? .null }
}

extension ScriptedConnection {
    var sentMessages: [SentMessage] { self.sent.compactMap { try? SentMessage(json: RawJSON($0)) } }

    /// Waits until the client has sent its message number `index`.
    func sent(_ index: Int) async throws -> SentMessage {
        try await eventually("message \(index)") { self.sent.count > index }
        return self.sentMessages[index]
    }

    /// Answers a request of the client.
    func answer(_ request: SentMessage, _ payload: String = #"{"success":true}"#) {
        self.deliver(Self.answer(request, payload))
    }

    static func answer(_ request: SentMessage, _ payload: String = #"{"success":true}"#) -> String {
        #"{"id":"\#(request.id)","type":"response","action":"\#(request.action)","payload":\#(payload),"timestamp":"t"}"#
    }

    /// Refuses a request of the client.
    func refuse(_ request: SentMessage, _ code: String, permission: String? = nil) {
        let details = permission.map { #","details":{"permission_code":"\#($0)"}"# } ?? ""
        let payload = #"{"code":"\#(code)","message":"no"\#(details)}"#
        self.deliver(#"{"id":"\#(request.id)","type":"error","action":"\#(request.action)","payload":\#(payload)}"#)
    }

    static func chunk(_ text: String) -> String { #"{"type":"message_chunk","session_id":"s","text":"\#(text)"}"# }

    static func complete(_ generation: Int64?) -> String {
        let generation = generation.map { #","prompt_generation":\#($0)"# } ?? ""
        return #"{"type":"complete","session_id":"s"\#(generation),"data":{"stop_reason":"end_turn"}}"#
    }

    static func failure(_ generation: Int64?, exitCode: Int? = nil) -> String {
        let generation = generation.map { #","prompt_generation":\#($0)"# } ?? ""
        let data = exitCode.map { #","data":{"exit_code":\#($0)}"# } ?? ""
        return #"{"type":"error"\#(generation),"error":"{\"code\":-32603,\"message\":\"Internal error\"}"\#(data)}"#
    }

    static func permission(_ id: String) -> String {
        let option = #"{"option_id":"allow","name":"Allow","kind":"allow_once"}"#
        return
            #"{"type":"permission_request","request_id":"\#(id)","pending_id":"p-\#(id)","permission_title":"t","permission_options":[\#(option)]}"#
    }
}

extension AgentEvent {
    /// The text of a piece of an answer, or the type of another event.
    var short: String { if case .messageChunk(let chunk) = self.content { chunk.text } else { self.type.rawValue } }
}

extension AgentEvents {
    /// Takes the next events.
    func take(_ count: Int) async throws -> [AgentEvent] {
        var events: [AgentEvent] = []
        var iterator = self.makeAsyncIterator()
        while events.count < count, let event = try await iterator.next() { events.append(event) }
        return events
    }
}

/// Runs a request that must fail soon, and returns its error.
func agentFailure(
    _ body: @escaping @Sendable () async throws -> some Sendable
) async throws -> AgentRuntimeError {
    let failure = Promise<AgentRuntimeError?>()
    let call = Task {
        do {
            _ = try await body()
            failure.resolve(nil)
        } catch {
            failure.resolve(error as? AgentRuntimeError)
        }
    }
    defer { call.cancel() }
    try await eventually("the request ends") { failure.value != nil }
    guard let error = failure.value ?? nil else { throw NoFailure() }
    return error
}

struct NoFailure: Error {}

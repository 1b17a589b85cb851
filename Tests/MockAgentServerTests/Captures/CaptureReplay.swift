import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

@testable import MockAgentServer

/// Sends the captured requests to a mock server, and compares its answers with the captured ones.
struct CaptureReplay {
    private let http: RawHTTP
    private let port: Int
    private let server: MockServer?
    private let clock: ManualMockClock
    /// The connection of the agent stream, if the file has messages of one.
    private let stream: StreamClient?
    private var pattern: CapturePattern

    init(port: Int, server: MockServer?, clock: ManualMockClock, stream: StreamClient? = nil) async throws {
        self.http = try await RawHTTP.connect(to: port)
        (self.port, self.server, self.clock, self.stream) = (port, server, clock, stream)
        self.pattern = CapturePattern(port: port)
    }

    mutating func play(_ fixture: String) async throws {
        let steps = try CaptureFixture.steps(fixture)
        try #require(!steps.isEmpty)
        for (index, step) in steps.enumerated() { try await self.play(step, "\(fixture)[\(index)]") }
        await self.http.peer.close()
    }

    private mutating func play(_ step: MockJSON, _ place: String) async throws {
        if step["method"] != nil { return try await self.exchange(step, place) }
        if let message = step["send"] { return try await self.send(message) }
        if let messages = step["expect"]?.elements { return try await self.expect(messages, place) }
        if let event = step["event"] {
            self.server?.broadcast(WorkspaceEventDecoder().decode(event.bytes))
        } else if let id = step["terminal"]?.text, let output = step["output"]?.text {
            #expect(self.server?.sendToTerminal(Array(output.utf8), id: id) == true, "\(place)")
        } else if let count = step["waitForSleepers"]?.integer {
            await self.clock.waitForSleepers(count)
        } else if let count = step["waitForProcesses"]?.integer {
            try await eventually("\(count) processes") { self.server?.runningProcesses.count == count }
        } else if let seconds = step["advance"]?.seconds {
            self.clock.advance(by: seconds)
        } else {
            Issue.record("\(place): \(step) is not a step")
        }
    }

    // MARK: HTTP

    private mutating func exchange(_ step: MockJSON, _ place: String) async throws {
        let headers = (step["headers"]?.members ?? []).map { ($0.name, self.pattern.filled($0.value.text ?? "")) }
        let (method, path) = (step["method"]?.text ?? "", self.pattern.filled(step["path"]?.text ?? ""))
        let body = step["body"]?.text.map { self.pattern.filled($0) }
        // A request for a WebSocket takes its connection with it.
        let isUpgrade = headers.contains { $0.0 == "Upgrade" }
        let answer =
            isUpgrade
            ? try await RawHTTP.ask(self.port, method, path, headers: headers, body: body)
            : try await self.http.ask(method, path, headers: headers, body: body)
        let name = "\(place): \(method) \(path)"
        #expect(answer.status == step["status"]?.integer, "\(name): \(answer.text)")
        if let type = step["type"]?.text { #expect(answer.fields["content-type"] == type, "\(name)") }
        for field in step["fields"]?.members ?? [] {
            #expect(answer.fields[field.name.lowercased()] == field.value.text, "\(name): \(field.name)")
        }
        #expect(answer.status == 101 || answer.fields["date"] != nil, "\(name)")
        #expect(answer.fields["connection"] == (answer.status == 101 ? "Upgrade" : nil), "\(name)")
        guard let expected = step["answer"] else { return }
        if let text = expected.text {
            #expect(answer.text == text, "\(name)")
        } else {
            let differences = self.pattern.differences(expected, try MockJSON(parsing: answer.body))
            #expect(differences.isEmpty, "\(name): \(differences.joined(separator: "; "))")
        }
    }

    // MARK: The agent stream

    private func send(_ message: MockJSON) async throws {
        let filled = self.pattern.filled(message)
        try await self.stream?.connection.send(text: String(decoding: filled.bytes, as: UTF8.self))
    }

    /// Compares the events in their order, and the answers in theirs; agentctl mixes the two in any order.
    private mutating func expect(_ expected: [MockJSON], _ place: String) async throws {
        let texts = try await self.stream?.texts(expected.count) ?? []
        let messages = try texts.map { try MockJSON(parsing: $0.utf8) }
        #expect(messages.count == expected.count, "\(place)")
        for isAnswer in [false, true] {
            let (left, right) = (
                expected.filter { ($0["id"] != nil) == isAnswer }, messages.filter { ($0["id"] != nil) == isAnswer }
            )
            let differences = self.pattern.differences(.array(left), .array(right))
            #expect(differences.isEmpty, "\(place): \(differences.joined(separator: "; "))")
        }
    }
}

extension MockJSON {
    /// A time in seconds.
    var seconds: Duration? {
        switch self {
        case .integer(let value): .seconds(value)
        case .number(let value): .seconds(value)
        default: nil
        }
    }
}

import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

// The example of the README, between its fences; it has to compile, and to be the same there and here.
// example begins
func follow(_ url: String, token: String?) async throws -> StreamEnd {
    let endpoint = try RuntimeEndpoint(url, token: token)
    // Both scopes close what they opened, also when something in them throws or the task is cancelled.
    return try await AgentRuntimeClient.withClient(endpoint: endpoint) { client in
        try await client.withWorkspaceStream { stream in
            for try await event in stream.events {
                switch event.content {
                case .gitStatus(let status): print(status.repositoryName ?? "-", status.branch)
                case .processOutput(let output): print(output.data, terminator: "")
                default: print(event.type)
                }
            }
            // A lost connection throws. A close by the server is a value, even with a code such as 1011.
            let end = try await stream.waitUntilDrained()
            print("ended: \(end); again: \(end.retry)")
            return end
        }
    }
}
// example ends

// The example of receiving on the event loop.
// example begins
func countEvents(of stream: WorkspaceStream) async throws -> Int {
    var count = 0
    try await withTaskExecutorPreference(stream.executor) {
        for try await batch in stream.batches { count += batch.count }
    }
    return count
}
// example ends

@Suite("The example of the README")
struct ReadmeExampleTests {
    @Test("It is the code that is compiled here")
    func isCompiled() throws { #expect(try readmeHasExample(of: #filePath)) }

    @Test("All Swift in the README is compiled by some test")
    func allIsCompiled() throws {
        let examples = try readmeExamples(of: #filePath)
        #expect(examples.count == 4)
        for example in examples { #expect(example.isCompiled, "\(example.code)") }
    }

    @Test("It follows a stream to its end and tells how it ended, also when the server failed; an error is typed")
    func runs() async throws {
        try await withHoldingServer { server in
            let endpoint = try server.endpoint
            let following = Task { try await follow(endpoint.description, token: nil) }
            try await server.closeWhenOpen()
            #expect(try await following.value.closeCode == .goingAway)
        }
        let server = try await WebSocketServer.bind()
        async let running: Void = server.run { request in
            guard let connection = try? await request.accept() else { return }
            await connection.close(.internalError, reason: "the tracker failed")
        }
        let end = try await follow("ws://127.0.0.1:\(server.port)", token: nil)
        #expect(end.closeCode == 1011)
        #expect(end.description.contains("1011"))
        await server.close()
        await running
        let error = await #expect(throws: AgentRuntimeError.self) { try await follow("ftp://x", token: nil) }
        #expect(error?.code == .invalidConfiguration)
    }
}

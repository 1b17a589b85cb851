import AgentRuntime
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

// The example of the README, between its fences; it has to compile, and to be the same there and here.
// example begins
func follow(_ url: String, token: String?) async throws {
    let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(url, token: token))
    try await client.withWorkspaceStream { stream in
        for try await event in stream.events {
            switch event.content {
            case .gitStatus(let status): print(status.repositoryName ?? "-", status.branch, status.modified ?? [])
            case .processOutput(let output): print(output.data, terminator: "")
            default: print(event.type)
            }
        }
    }
    await client.close()
}
// example ends

@Suite("The example of the README")
struct ReadmeExampleTests {
    @Test("It is the code that is compiled here")
    func isCompiled() throws { #expect(try readmeHasExample(of: #filePath)) }

    @Test("It follows a stream to its end, and its error is typed when there is none")
    func runs() async throws {
        try await withHoldingServer { server in
            let endpoint = try server.endpoint
            let following = Task { try await follow(endpoint.url.description, token: nil) }
            try await server.closeWhenOpen()
            try await following.value
        }
        let error = await #expect(throws: AgentRuntimeError.self) { try await follow("ftp://x", token: nil) }
        #expect(error?.code == .invalidConfiguration)
    }
}

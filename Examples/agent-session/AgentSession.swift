import AgentRuntime
import MockAgentServer
import WorkspaceProtocol

/// One session of an agent, from start to close; the runtime is a mock server in the same process.
@main
enum AgentSession {
    static func main() async throws {
        try await withMockServer { server in
            let client = try AgentRuntimeClient(endpoint: RuntimeEndpoint(server.url))
            print("agent: \(try await client.control.start().command ?? "?")")
            try await client.withAgentStream { stream in
                _ = try await stream.initialize(clientName: "example", clientVersion: "1")
                _ = try await stream.newSession(directory: "/srv/ws")
                let turn = try await stream.prompt("perm: run the tests")
                for try await event in turn.events {
                    if let permission = stream.permission(event) { _ = try await permission.respond(option: "allow") }
                    if case .messageChunk(let chunk) = event.content { print(chunk.text, terminator: "") }
                }
                if case .completed(let event)? = turn.end { print("\nturn: \(event.stopReason?.rawValue ?? "?")") }
            }
            try await client.control.startShell()
            print("shell: \(try await client.control.shellBuffer().debugDescription)")
            try await client.withTerminal(columns: 100, rows: 30) { terminal in
                try await terminal.send("ls\r".utf8)
                var text = UTF8Reader()
                for try await chunk in terminal.output {
                    print(chunk.isScrollback ? "before:" : "after:", text.read(chunk.bytes).debugDescription)
                    if !chunk.isScrollback { return }
                }
            }
            try await client.control.stop()
            await client.close()
            try await server.waitForSockets(0)
            print("left: \(client.tasks.count) tasks, \(server.socketCount) sockets")
        }
    }
}

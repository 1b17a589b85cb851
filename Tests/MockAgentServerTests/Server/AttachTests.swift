import MockAgentServer
import Testing
import WorkspaceProtocol

@Suite("Attaching to the stream", .timeLimit(.minutes(1)))
struct AttachTests {
    @Test("A client gets connected, then the git_status of each repository in order")
    func attachSequence() async throws {
        var configuration = MockServerConfiguration()
        let file = GitStatus.FileInfo(path: "a.swift", status: .untracked)
        configuration.repositories = [
            MockRepository(name: "web", branch: "feature/x", files: ["a.swift": file]), MockRepository(name: "api"),
        ]
        try await withStream(configuration: configuration) { server, client in
            try await server.waitForConnections(1)
            #expect(server.broadcast(.shell("live")) == 1)
            let events = try await client.events(4)
            #expect(events.map(\.type) == [.connected, .gitStatus, .gitStatus, .shellOutput])
            #expect(events.prefix(3).allSatisfy { ($0.timestamp ?? 0) > 1_700_000_000_000 })
            #expect(events.map(\.repositoryName) == [nil, "web", "api", nil])
            guard case .gitStatus(let status) = events[1].content else { return }
            #expect(status.branch == "feature/x")
            #expect(status.untracked == ["a.swift"])
            #expect(status.modified == [])
            #expect(status.files == ["a.swift": file])
            #expect(status.timestamp.instant != nil)
        }
    }

    @Test("A broadcast event reaches every attached stream, after the attach sequence")
    func broadcast() async throws {
        try await withStream { server, first in
            try await WebSocketClientPair.with(server) { second in
                try await server.waitForConnections(2)
                #expect(server.broadcast(.shell("live")) == 2)
                for client in [first, second] {
                    let last = try await client.events(3)
                    #expect(last.last == .shell("live"))
                }
            }
            try await server.waitForConnections(1)
        }
    }

    @Test("The mimicked gorilla ends each message with a newline")
    func gorilla() async throws {
        var configuration = MockServerConfiguration()
        configuration.frameStyle = .gorilla
        let long = String(repeating: "x", count: 9000)
        try await withStream([.send([.shell("a"), .shell(long)])], configuration: configuration) { _, client in
            let texts = try await client.texts(4)
            #expect(texts.allSatisfy { $0.hasSuffix("}\n") })
            #expect(WorkspaceEventDecoder().decode(Array(texts[3].utf8)) == .shell(long))
        }
    }
}

import CommandIO
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import wsstream

/// A failure has the same text in every command, with advice that can help.
@Suite(
    "A command that fails",
    .enabled(
        if: BuiltBinary.shared != nil,
        "The program is not built next to the tests: swift build --product wsstream"
    ),
    .serialized,
    .timeLimit(.minutes(2))
)
struct FailureTests {
    private let program: BuiltBinary

    init() throws { self.program = try #require(BuiltBinary.shared) }

    /// Runs tail and bench with a server that gives this answer to every request, then hangs up.
    private func run(
        answering answer: String,
        options: [String] = [],
        scheme: String = "ws",
        _ check: (BuiltBinary.Run, _ command: String) throws -> Void
    ) async throws {
        for command in [["tail"], ["bench", "recv"]] {
            let server = try await RawServer.start()
            let url = "\(scheme)://127.0.0.1:\(server.port)/x"
            let count = command[0] == "bench" ? ["--count", "1"] : []
            let answering = Task {
                let peer = try await server.peer()
                try await eventually("the client's first words") { peer.receivedCount > 0 }
                if !answer.isEmpty { try await peer.send(Array(answer.utf8)) }
                await peer.close()
            }
            let run = try await self.program.run(command + [url] + count + options)
            try check(run, command[0])
            try await answering.value
            await server.close()
        }
    }

    @Test("A server that hangs up before the answer is unreachable, with and without TLS", arguments: ["ws", "wss"])
    func hangsUp(scheme: String) async throws {
        try await self.run(answering: "", scheme: scheme) { run, _ in
            #expect(run.status == Status.unreachable.rawValue, "\(run.errors)")
            #expect(run.errors.contains("Can't connect to \(scheme)://127.0.0.1:"), "\(run.errors)")
            #expect(run.errors.contains("Something takes connections there and ends them"), "\(run.errors)")
        }
    }

    @Test(
        "A refusal has its number, says when to come back and where to go, and nobody is asked whether agentctl runs",
        arguments: [
            ("503 Busy\r\nRetry-After: 7", Status.tryLater, "after 7 s", nil),
            ("502 X", .tryLater, "Try again later", nil),
            (
                "429 X\r\nRetry-After: Wed, 21 Oct 2015 07:28:10 GMT\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT", .tryLater,
                "after 10 s", nil
            ),
            (
                "307 X\r\nLocation: ws://u:secret@there.example/x?t=secret", .refused, "ws://...@there.example/x?...",
                "secret"
            ),
            ("403 X", .unauthorized, "forbids", "agentctl running"), ("404 X", .refused, "Check the path", nil),
            ("401 X", .unauthorized, "token", "agentctl running"), ("400 X", .refused, "status 400", "later"),
        ] as [(String, Status, String, String?)]
    )
    func refuses(answer: String, status: Status, says: String, not: String?) async throws {
        let head = "HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n"
        try await self.run(answering: head) { run, _ in
            #expect(run.status == status.rawValue, "\(run.errors)")
            #expect(run.errors.contains(says), "\(run.errors)")
            if let not { #expect(!run.errors.contains(not), "\(run.errors)") }
            #expect(run.errors.split(separator: "\n").count == 1)
        }
    }

    @Test("What a server sends back of our secrets is in no line, nor in the summary; controls are escaped")
    func redacts() async throws {
        let body = "no \u{1B}[2J\ns3cr3t-t0ken, s3cr3t%2Dt0ken, k3y-of-h3ader"
        let head = "HTTP/1.1 400 X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        let server = try await RawServer.start()
        let answering = Task {
            let peer = try await server.peer()
            _ = try await peer.receiveHead()
            try await peer.send(Array(head.utf8))
        }
        let run = try await self.program.run(
            ["tail", "ws://127.0.0.1:\(server.port)", "--stats", "-H", "X-Api-Key: k3y-of-h3ader"],
            environment: [TokenSource.variable: "s3cr3t-t0ken"]
        )
        try await answering.value
        await server.close()
        #expect(run.errors.contains(#"no \e[2J\n<token>"#), "\(run.errors)")
        #expect(!run.errors.contains("s3cr3t") && !run.errors.contains("k3y-of"), "\(run.errors)")
        #expect(!run.errors.contains("\u{1B}"))
        #expect(run.errors.contains("ended      failed: refused: "), "\(run.errors)")
    }

    @Test(
        "An argument that is quoted controls no terminal and forges no line",
        arguments: ["tail", "workspace", "bench"]
    )
    func quotesArguments(command: String) async throws {
        let run = try await self.program.run([command, "--nonsense\u{1B}[2J\nforged"])
        #expect(run.status == Status.usage.rawValue)
        #expect(!run.errors.contains("\u{1B}"), "\(run.errors)")
        #expect(!run.errors.split(separator: "\n").contains { $0.hasPrefix("forged") }, "\(run.errors)")
    }

    @Test("The request names the program, and has the fields that were asked for")
    func fields() async throws {
        for (command, count) in [(["tail"], []), (["bench", "recv"], ["--count", "1"])] {
            for (options, expected) in [
                ([], "User-Agent: wsstream/\(PackageVersion.current)\r\n"),
                (["-H", "X-Team: blue", "--header", "user-agent:me/1"], "User-Agent: me/1\r\n"),
            ] {
                let server = try await RawServer.start()
                let answering = Task {
                    let peer = try await server.peer()
                    let head = try await peer.receiveHead()
                    await peer.close()
                    return head
                }
                _ = try await self.program.run(command + ["ws://127.0.0.1:\(server.port)"] + count + options)
                let head = try await answering.value
                #expect(head.contains(expected), "\(head)")
                #expect(head.contains("X-Team: blue\r\n") == !options.isEmpty)
                #expect(head.lowercased().split(separator: "user-agent:").count == 2)
                await server.close()
            }
        }
        for header in ["nothing", "Host: x", "a b: c", ":x", "X-A: a\nb"] {
            let run = try await self.program.run(["tail", "ws://127.0.0.1:1", "--header", header])
            #expect(run.status == Status.usage.rawValue, "\(run.errors)")
        }
    }

    @Test("A proxy that is not there, a name, a socket: each cause has its advice, in tail and in bench")
    func advises() async throws {
        let proxy = ["http_proxy": "http://u:s3cretpw@127.0.0.1:1"]
        let cases: [(String, [String: String], says: String, not: String)] = [
            ("ws://a.invalid", proxy, "NO_PROXY", "running"), ("ws://a.invalid", [:], "spelling", "running"),
            ("ws://127.0.0.1:1", proxy, "running there", "PROXY"), ("ws+unix:/nowhere/s", [:], "no such file", "port"),
        ]
        for (url, environment, says, not) in cases {
            for command in [["tail", url], ["bench", "recv", url, "--count", "1"]] {
                let run = try await self.program.run(command, environment: environment)
                #expect(run.status == Status.unreachable.rawValue, "\(run.errors)")
                #expect(run.errors.contains(says), "\(run.errors)")
                #expect(!run.errors.contains(not) && !run.errors.contains("s3cretpw"), "\(run.errors)")
            }
        }
    }

    @Test("A server that can't listen says why", arguments: ["mock"])
    func listens(command: String) async throws {
        try await withMockServer { server in
            let port = try #require(server.url.split(separator: ":").last)
            let run = try await self.program.run([command, "--port", String(port)])
            #expect(run.status == Status.unreachable.rawValue)
            #expect(run.errors.contains("in use"), "\(run.errors)")
        }
    }
}

import CommandIO
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import wsstream

/// Tests of the built program; other tests check its parts.
@Suite(
    "The program",
    .enabled(
        if: BuiltBinary.shared != nil,
        "The program is not built next to the tests: swift build --product wsstream"
    ),
    .serialized,
    .timeLimit(.minutes(2))
)
struct ProgramTests {
    private let program: BuiltBinary

    init() throws { self.program = try #require(BuiltBinary.shared) }

    @Test("demo shows two repositories, closes with nothing left, and ends with 0 in under 10 s")
    func demonstrates() async throws {
        let start = ContinuousClock.now
        let run = try await self.program.run(["demo"])
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(run.status == 0)
        #expect(run.lines.contains { $0.contains("git_commit      web ") })
        #expect(run.lines.contains { $0.contains("git_commit      api ") })
        #expect(run.errors.hasSuffix("nothing of it is left: tasks 0.\n"))
        #expect(run.errors.split(separator: "\n").count == 2)
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test(
        "tail has an exit code and a line for each end",
        arguments: [
            (["--count", "2"], "s3cr3t", Status.clean, ""),
            (["--duration", "50ms", "--quiet"], "s3cr3t", .clean, ""),
            (["--type", "shell_output,nothing", "--count", "1"], "s3cr3t", .clean, "warning: unknown event type"),
            ([], nil, .unauthorized, "error: "),
            ([], "wrong-token", .unauthorized, "error: "),
            (["--instance-id", "other"], "s3cr3t", .refused, "error: "),
            (["--token", "a", "--token-file", "b"], nil, .usage, "error: --token and --token-file"),
            (["--duration", "3x"], nil, .usage, "'x' is not a unit of time"),
            (["--count", "0"], nil, .usage, "--count is 1 or more"),
            (["--format", "xml"], nil, .usage, "xml"),
            (["--max-message-bytes", "0"], nil, .usage, "'0' is not from 1 byte to 1 TiB"),
            (["--max-message-bytes", "10"], "s3cr3t", .protocolError, "Raise the limit with --max-message-bytes."),
            (["--max-message-bytes", "1KiB", "--count", "2"], "s3cr3t", .clean, ""),
            (["--no-reconnect"], "s3cr3t", .connectionLost, "error: "),
            (["--no-reconnect", "--wait"], "s3cr3t", .usage, "exclude each other"),
            (["--no-reconnect", "--fail-on-gap"], "s3cr3t", .usage, "there is no gap"),
        ] as [([String], String?, Status, String)]
    )
    func ends(arguments: [String], token: String?, status: Status, errors: String) async throws {
        let idle = [ScenarioStep.send([WorkspaceEvent(.shellOutput("$ "), timestamp: nil)])]
        let configuration = server(status == .connectionLost ? [.cut] : idle) {
            ($0.token, $0.instanceID) = ("s3cr3t", "i1")
        }
        try await withMockServer(configuration) { server in
            let environment = token.map { [TokenSource.variable: $0] } ?? [:]
            let run = try await self.program.run(["tail", server.url] + arguments, environment: environment)
            #expect(run.status == status.rawValue, "\(run.errors)")
            #expect(errors.isEmpty ? run.errors.isEmpty : run.errors.contains(errors), "\(run.errors)")
            #expect(token.map { !run.errors.contains($0) && !run.output.contains($0) } ?? true)
        }
    }

    @Test(
        "tail says that nobody answers, or that the URL is wrong",
        arguments: [
            ("ftp://127.0.0.1:1", Status.usage), ("ws://127.0.0.1:1", .unreachable),
            ("https://127.0.0.1:1", .unreachable),
        ]
    )
    func reportsAddresses(url: String, status: Status) async throws {
        let run = try await self.program.run(["tail", url])
        #expect(run.status == status.rawValue)
        #expect(run.errors.hasPrefix("wsstream: error: "))
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test("tail --stats ends with a summary on standard error")
    func summarizes() async throws {
        let steps: [ScenarioStep] = [.generate(GeneratedEvents(count: 100)), .close(.normalClosure)]
        try await withMockServer(server(steps)) { server in
            let run = try await self.program.run(["tail", server.url, "--format", "json", "--stats"])
            #expect(run.status == 0)
            #expect(run.lines.count == 102)
            #expect(run.errors.hasPrefix("events     102, shown 102, "))
            #expect(run.errors.hasSuffix("ended      closed by the server: 1000\n"))
        }
    }

    @Test("The first signal closes properly and ends with 0, promptly", arguments: [SIGINT, SIGTERM, SIGHUP])
    func closesOnASignal(signal: Int32) async throws {
        try await withMockServer(server([])) { server in
            let run = try await self.program.run(["tail", server.url, "--stats"]) { process in
                try await process.waitForOutput()
                kill(process.identifier, signal)
                try await withTimeout("the close", .seconds(5)) { try await server.waitForConnections(0) }
            }
            #expect(run.status == 0)
            #expect(run.errors.hasSuffix("ended      closed by us: interrupted\n"))
        }
    }

    @Test("A second signal ends a close that hangs, with 130")
    func abortsOnASecondSignal() async throws {
        try await DeafServer.with { server in
            let run = try await self.program.run(["tail", server.url]) { process in
                try await process.waitForOutput()
                await server.waitUntilDeaf()
                // Several pending signals count as one, so more than two may be needed.
                try await eventually("the process is gone") { kill(process.identifier, SIGINT) != 0 }
            }
            #expect(run.status == Status.aborted.rawValue)
        }
    }

    @Test("A reader that leaves ends it quietly, with 0")
    func endsWithItsReader() async throws {
        try await withMockServer(server([.generate(GeneratedEvents())])) { server in
            let script = #""$0" tail "$1" | head -n 1; exit "${PIPESTATUS[0]}""#
            let run = try await self.program.runScript(script, [server.url])
            #expect(run.status == 0)
            #expect(run.lines.count == 1)
            #expect(run.errors.isEmpty)
        }
    }

    @Test(
        "bench prints one line of JSON with the promised members",
        arguments: [
            ("recv", "/bench/recv?count=500&size=10", ["--count", "500"], 500, 5000),
            ("recv", "/bench/recv?count=5&size=10", ["--count", "500"], 5, 50),
            ("events", "/bench/events?count=500", ["--count", "500"], 500, nil),
            ("echo", "/bench/echo", ["--count", "50", "--size", "20"], 50, 1000),
            ("sink", "/bench/sink", ["--count", "500", "--size", "10"], 500, 5000),
            ("sink", "/bench/echo", ["--count", "5", "--no-wait"], 5, 500),
        ] as [(String, String, [String], Int, Int?)]
    )
    func measures(kind: String, path: String, arguments: [String], messages: Int, bytes: Int?) async throws {
        try await withMockServer { server in
            let run = try await self.program.run(["bench", kind, server.url + path] + arguments)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.lines.count == 1)
            let result = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any] ?? [:]
            let common: Set = ["msgs", "bytes", "wall_s", "user_s", "sys_s", "maxrss_kb"]
            #expect(Set(result.keys) == common.union(kind == "echo" ? ["p50_us", "p99_us"] : []))
            #expect(result["msgs"] as? Int == messages)
            if let bytes { #expect(result["bytes"] as? Int == bytes) }
            #expect((result["wall_s"] as? Double).map { $0 > 0 } == true)
            #expect((result["maxrss_kb"] as? Int).map { $0 > 1000 } == true)
        }
    }

    @Test(
        "bench says what failed",
        arguments: [
            (["echo", "/bench/recv?count=1&size=1", "--count", "1"], Status.connectionLost),
            (["sink", "/bench/echo", "--count", "1"], .protocolError),
            (["recv", "/nowhere", "--count", "1"], .refused),
            (["recv", "/bench/echo"], .usage),
        ]
    )
    func reportsBenchFailures(arguments: [String], status: Status) async throws {
        try await withMockServer { server in
            var arguments = arguments
            arguments[1] = server.url + arguments[1]
            let run = try await self.program.run(["bench"] + arguments)
            #expect(run.status == status.rawValue)
            #expect(run.output.isEmpty)
            #expect(!run.errors.isEmpty)
        }
    }

    @Test("mock serves until a signal")
    func serves() async throws {
        let run = try await self.program.runScript(
            """
            coproc "$0" mock --scenario demo
            read -r _ _ url <&"${COPROC[0]}"
            server="$COPROC_PID"
            "$0" tail "$url" --count 3 --format json; status=$?
            kill -TERM "$server"; wait "$server"; echo "$status $?"
            """,
            []
        )
        #expect(run.lines.last == "0 0")
        #expect(run.lines.first?.hasPrefix(#"{"type":"connected""#) == true)
        #expect(run.lines.count == 4)
    }
}

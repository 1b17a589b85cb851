import AgentRuntime
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import CommandIO
@testable import wsstream

/// The rules of docs/COMMAND.md, tested on the built program.
@Suite(
    "A good citizen",
    .enabled(
        if: BuiltBinary.shared != nil,
        "The program is not built next to the tests: swift build --product wsstream"
    ),
    .serialized,
    .timeLimit(.minutes(3))
)
struct CitizenTests {
    private let program: BuiltBinary

    init() throws { self.program = try #require(BuiltBinary.shared) }

    private static let event = WorkspaceEvent(.shellOutput("$ "), timestamp: 1)

    // MARK: A reader that leaves

    @Test("A reader that leaves while nothing comes ends it at once, with 0")
    func readerLeavesIdle() async throws {
        try await withMockServer(server([.send([Self.event])])) { server in
            for command in [#"tail "$1" | head -n 1"#, #"bench recv "$1/bench/echo" --count 5 | true"#] {
                let script = #""$0" \#(command) >/dev/null; echo "${PIPESTATUS[0]}""#
                let run = try await self.program.runScript(script, [server.url])
                #expect(run.output == "0\n", "\(command)")
                #expect(run.errors.isEmpty)
            }
            try await server.waitForConnections(0)
        }
    }

    @Test("Without output, a tail ignores a reader that leaves")
    func readerLeavesQuiet() async throws {
        try await withMockServer(server([.send([Self.event])])) { server in
            let script = #""$0" tail "$1" --quiet --stats --count 3 | true; echo "${PIPESTATUS[0]}""#
            let run = try await self.program.runScript(script, [server.url])
            #expect(run.output == "0\n")
            #expect(run.errors.hasSuffix("ended      closed by us: the count was reached\n"))
        }
    }

    // MARK: A reader that does not read

    /// Runs a tail with a pipe that nobody reads, and `body` when the pipe is full.
    private func blocked(
        _ arguments: [String],
        _ steps: [ScenarioStep] = [.generate(GeneratedEvents(count: 5_000))],
        _ body: (BuiltBinary.Running) throws -> Void = { _ in }
    ) async throws -> BuiltBinary.Run {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let output = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
        return try await withMockServer(server(steps)) { server in
            try await self.program.run(["tail", server.url] + arguments, output: output) { process in
                try await eventually("the pipe is full") { !OutputWatcher.isReady(ends[1]) }
                try body(process)
            }
        }
    }

    @Test("A full pipe that nobody reads does not hold up a signal", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalWhileBlocked(signal: Int32) async throws {
        let run = try await self.blocked([]) { kill($0.identifier, signal) }
        #expect(run.status == Status.clean.rawValue)
        #expect(run.errors.contains("warning: standard output is incomplete: nobody reads it"))
    }

    @Test("A full pipe that nobody reads does not hold up the end of the time, of which it is told")
    func durationWhileBlocked() async throws {
        let run = try await self.blocked(["--duration", "3s"])
        #expect(run.status == Status.outputFailed.rawValue)
        #expect(run.errors.contains("nobody reads it"))
    }

    @Test("A full pipe that nobody reads does not hold up the end of the stream, of which it is told")
    func endWhileBlocked() async throws {
        let steps: [ScenarioStep] = [.generate(GeneratedEvents(count: 5_000)), .close(.normalClosure)]
        let run = try await self.blocked([], steps)
        #expect(run.status == Status.outputFailed.rawValue)
        #expect(run.errors.contains("later events were dropped"))
    }

    @Test("Standard error that nobody reads holds nothing up")
    func errorsWhileBlocked() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let full = [UInt8](repeating: 0, count: 1 << 20)
        #expect(!DescriptorSink(descriptor: ends[1]).writeBriefly(full, within: .zero))
        let errors = FileHandle(fileDescriptor: ends[1], closeOnDealloc: false)
        let run = try await self.program.run(["tail", "ws://127.0.0.1:1", "--stats"], errors: errors)
        #expect(run.status == Status.unreachable.rawValue)
    }

    // MARK: Output that can't be written

    @Test(
        "Output that can't be written is the same error in every command",
        arguments: [
            "--version", "--help", "help tail", "tail --help", "workspace up --help", "mock", "demo",
            "workspace list --root /nonexistent/x", "workspace list --root /nonexistent/x --format json",
            "tail URL", "tail URL --format raw --duration 5s", "bench recv URL/bench/recv?count=1&size=1 --count 1",
        ]
    )
    func outputFails(command: String) async throws {
        try await withMockServer(server([.send([Self.event])])) { server in
            let arguments = command.replacing("URL", with: server.url).split(separator: " ").map(String.init)
            for (redirection, reason) in [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")] {
                let run = try await self.program.runScript(#""$0" "$@" \#(redirection)"#, arguments)
                #expect(run.status == Status.outputFailed.rawValue, "\(redirection) \(run.errors)")
                #expect(run.errors.contains("standard output can't be written: \(reason)"), "\(run.errors)")
                #expect(run.output.isEmpty)
            }
        }
    }

    @Test("So it is in the mock server's own command", arguments: ["", "--version", "--help"])
    func mockServerOutputFails(option: String) async throws {
        let script = #"exec "${0%/*}/mock-agent-server" $1 >/dev/full"#
        try #require(FileManager.default.isExecutableFile(atPath: self.program.mockAgentServer))
        let run = try await self.program.runScript(script, [option])
        #expect(run.status == (option == "--version" ? Status.usage : .outputFailed).rawValue)
        #expect(option == "--version" || run.errors.contains("standard output can't be written"))
    }

    @Test("Descriptors that were closed are the null device, not a socket")
    func closedDescriptors() async throws {
        try await withMockServer(server([])) { server in
            let script = #"exec "$0" tail "$1" --quiet <&- >&- 2>&-"#
            let run = try await self.program.runScript(script, [server.url]) { process in
                try await withTimeout("the connection", .seconds(15)) { try await server.waitForConnections(1) }
                for descriptor in 0...2 {
                    let path = "/proc/\(process.identifier)/fd/\(descriptor)"
                    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "/dev/null")
                }
                kill(process.identifier, SIGTERM)
            }
            #expect(run.status == 0)
        }
    }

    // MARK: Signals

    @Test(
        "A signal that the starter ignores stays ignored",
        arguments: [("HUP", SIGHUP), ("TERM", SIGTERM), ("INT", SIGINT)]
    )
    func ignoredSignals(name: String, number: Int32) async throws {
        try await withMockServer(server([])) { server in
            let script = #"trap "" \#(name); exec "$0" tail "$1" --count 3 --stats"#
            let run = try await self.program.runScript(script, [server.url]) { process in
                try await process.waitForOutput()
                kill(process.identifier, number)
                server.broadcast(Self.event)
            }
            #expect(run.status == 0)
            #expect(run.errors.hasSuffix("ended      closed by us: the count was reached\n"))
        }
    }

    @Test("A measurement that a signal ends has no result, and closes its connection", arguments: [SIGINT, SIGHUP])
    func interruptedBench(signal: Int32) async throws {
        try await withMockServer(server([])) { server in
            let url = server.url + AgentctlAPI.workspaceStreamPath
            let run = try await self.program.run(["bench", "recv", url, "--count", "1000"]) { process in
                try await withTimeout("the connection", .seconds(10)) { try await server.waitForConnections(1) }
                kill(process.identifier, signal)
                try await withTimeout("the close", .seconds(10)) { try await server.waitForConnections(0) }
            }
            #expect(run.status == 128 + signal)
            #expect(run.output.isEmpty)
        }
    }

    // MARK: Files

    @Test(
        "The token may come from a pipe, from standard input, or from <(…) of a shell",
        arguments: [
            "--token-file <(echo s3cr3t)", "--token-file /dev/stdin", "--token-file -",
            #"--token-file "$FIFO""#,
        ]
    )
    func tokenFromPipe(option: String) async throws {
        try await withMockServer(server([]) { $0.token = "s3cr3t" }) { server in
            let script = """
                FIFO=$(mktemp -u); mkfifo "$FIFO"; echo s3cr3t >"$FIFO" & writer=$!
                echo s3cr3t | "$0" tail "$1" --count 1 \(option); status=$?
                kill -KILL $writer 2>/dev/null; rm "$FIFO"; exit $status
                """
            let run = try await self.program.runScript(script, [server.url])
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    @Test(
        "From a directory that was removed, a relative path is an error",
        arguments: [
            ("workspace list --root name", Int32(65)), ("workspace up w --root name", 65),
            ("tail --workspace w --root name", 65), ("workspace up w --root /nonexistent/x --command /bin/sleep 9", 65),
            ("mock --scenario name", 64), ("tail ws://127.0.0.1:1 --token-file name", 64),
        ]
    )
    func removedDirectory(command: String, status: Int32) async throws {
        let name = "wsstream-\(UUID().uuidString)"
        // The file that a relative name would mean if the lost directory were taken for "/".
        try Data(#"{"steps":[]}"#.utf8).write(to: URL(filePath: "/\(name)"))
        defer { try? FileManager.default.removeItem(atPath: "/\(name)") }
        let script = #"d=$(mktemp -d); cd "$d"; rmdir "$d"; exec "$0" "$@""#
        let arguments = command.replacing("name", with: name).split(separator: " ").map(String.init)
        let run = try await self.program.runScript(script, arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(!run.errors.isEmpty)
        #expect(run.output.isEmpty)
    }
}

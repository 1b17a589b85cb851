import CommandIO
import Foundation
import MockAgentServer
import TestSupport
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import wsstream

/// Tests of the built program whose connection is lost.
@Suite(
    "The program after a lost connection",
    .enabled(
        if: BuiltBinary.shared != nil,
        "The program is not built next to the tests: swift build --product wsstream"
    ),
    .serialized,
    .timeLimit(.minutes(2))
)
struct FollowedProgramTests {
    private let program: BuiltBinary

    init() throws { self.program = try #require(BuiltBinary.shared) }

    private static let refusal = ScenarioStep.refuseUpgrade(status: 503, fields: ["Retry-After": "300"])

    @Test("It connects again; gaps are lines of the output, and states of the connection lines on standard error")
    func connectsAgain() async throws {
        // The time is for the recovery, which a close would end.
        let scenario = Scenario(attempts: [[.cut], [.wait(.seconds(2)), .close(.goingAway)]])
        try await withMockServer(server([])) { server in
            for format in ["json", "raw", "pretty"] {
                try server.setScenario(scenario)
                let run = try await self.program.run(["tail", server.url, "--format", format, "--stats"])
                #expect(run.status == 0, "\(run.errors)")
                let isPretty = format == "pretty"
                let marks = isPretty ? [" gap ", "recovered: "] : ["{\"gap\":{", "\"recovered\":\"refresh\""]
                for mark in marks { #expect(run.lines.contains { $0.contains(mark) }, "\(run.output)") }
                let told = run.errors.split(separator: "\n")
                #expect(told.first?.hasPrefix("wsstream: waiting 0.") == true, "\(run.errors)")
                #expect(told.dropFirst().first?.hasPrefix("wsstream: live again after ") == true)
                #expect(told.suffix(2).first?.hasPrefix("reconnects 1, gaps ") == true)
            }
        }
    }

    @Test("Nothing is on standard error if nothing is lost; a normal close ends it with 0", arguments: [1000, 1001])
    func undisturbed(code: UInt16) async throws {
        try await withMockServer(server([.close(CloseCode(rawValue: code))])) { server in
            let run = try await self.program.run(["tail", server.url])
            #expect(run.status == 0)
            #expect(run.errors.isEmpty)
        }
    }

    @Test("--fail-on-gap has a code of its own, and ends with the gap")
    func failsOnGap() async throws {
        try await withMockServer(server(attempts: [[.cut], []])) { server in
            let run = try await self.program.run(["tail", server.url, "--format", "json", "--fail-on-gap"])
            #expect(run.status == 80)
            #expect(run.lines.last?.hasPrefix(#"{"gap":"#) == true)
            #expect(run.errors.contains("wsstream: error: events may be missing: stream: "))
        }
    }

    @Test("A signal ends a wait between two attempts with 0, promptly", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signalWhileWaiting(signal: Int32) async throws {
        try await withMockServer(server(attempts: [[.cut], [Self.refusal]])) { server in
            var sent = ContinuousClock.now
            let run = try await self.program.run(["tail", server.url]) { process in
                try await withTimeout("the refusal", .seconds(10)) { try await server.waitForUpgrades(2) }
                sent = .now
                kill(process.identifier, signal)
            }
            #expect(run.status == 0)
            #expect(ContinuousClock.now - sent < .seconds(5))
        }
    }

    @Test("--wait waits for a server that is not there yet")
    func waits() async throws {
        let port = try await withMockServer { server in server.port }
        let run = try await self.program.runScript(
            """
            "$0" tail "ws://127.0.0.1:$1" --wait --count 1 --format json & tail=$!
            sleep 0.5
            "$0" mock --port "$1" >&2 & server=$!
            wait $tail; echo "status $?"
            kill $server; wait $server
            """,
            ["\(port)"]
        )
        #expect(run.lines.first?.hasPrefix(#"{"type":"connected""#) == true, "\(run.errors)")
        #expect(run.lines.last == "status 0")
        #expect(run.errors.contains("wsstream: waiting 0."))
        #expect(run.errors.contains("wsstream: live after "))
    }

    @Test("A followed workspace is found again after its runtime was killed and started again, and its gap says so")
    func followsAWorkspace() async throws {
        let run = try await self.program.runScript(
            #"""
            root=$(mktemp -d); state="--root $root/state"
            "$0" workspace up w $state >&2
            "$0" tail --workspace w $state --format json --type connected --count 2 >"$root/out" 2>"$root/err" & tail=$!
            until grep -q connected "$root/out"; do sleep 0.05; done
            kill -KILL "$("$0" workspace status w $state --format json | sed 's/.*"pid":\([0-9]*\).*/\1/')"
            until grep -q 'has no runtime that answers' "$root/err"; do sleep 0.05; done
            "$0" workspace up w $state >&2
            wait $tail; echo "status $?"
            cat "$root/out"; cat "$root/err" >&2
            "$0" workspace stop w $state >&2; rm -rf "$root"
            """#,
            []
        )
        #expect(run.lines.first == "status 0", "\(run.errors)")
        #expect(run.lines.contains { $0.hasPrefix(#"{"gap":{"scope":"stream","cause":"replaced""#) }, "\(run.output)")
        #expect(run.errors.contains("`wsstream workspace up` starts it."), "\(run.errors)")
    }

    @Test("Without its journal, or without a runtime, a workspace is told as before", arguments: [false, true])
    func noWorkspace(wasThere: Bool) async throws {
        let run = try await self.program.runScript(
            #"""
            root=$(mktemp -d); state="--root $root/state"
            if [ "$1" = true ]; then "$0" workspace up w $state && "$0" workspace stop w $state; fi >/dev/null 2>&1
            "$0" tail --workspace w $state; echo "status $?"
            rm -rf "$root"
            """#,
            ["\(wasThere)"]
        )
        #expect(run.output == "status \(wasThere ? 69 : 66)\n")
        #expect(run.errors.contains("`wsstream workspace up`"), "\(run.errors)")
    }
}

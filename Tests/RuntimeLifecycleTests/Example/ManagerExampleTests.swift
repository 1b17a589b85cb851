import Foundation
import TestSupport
import Testing

/// Runs the example with the mock server as the runtime of its workspaces.
@Suite("The example of a manager", .serialized, .timeLimit(.minutes(2)))
struct ManagerExampleTests {
    private static let programs = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        .deletingLastPathComponent()

    private static func withManager(_ body: (RunningProgram, _ state: URL) async throws -> Void) async throws {
        let state = FileManager.default.temporaryDirectory.appending(path: "manager-\(UUID())")
        defer { try? FileManager.default.removeItem(at: state) }
        let runtime = Self.programs.appending(path: "mock-agent-server").path
        let program = try RunningProgram.start(
            Self.programs.appending(path: "agent-manager"),
            [state.path, "blue,green", "perm: run the tests", runtime, "--scenario", "idle"]
        )
        defer { program.end() }
        try await body(program, state)
    }

    /// The processes that were started for a state directory: each has it in its environment.
    private static func runtimes(of state: URL) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { id in
            let environment = (try? Data(contentsOf: URL(filePath: "/proc/\(id)/environ"))) ?? Data()
            return environment.split(separator: 0).contains { variable in
                let text = String(decoding: variable, as: UTF8.self)
                return text.hasPrefix("WORKSPACE_STATE=") && text.contains(state.lastPathComponent)
            }
        }
    }

    @Test("It follows all, prompts one, and ends with 0 after SIGTERM; no runtime is left")
    func runs() async throws {
        try await Self.withManager { program, state in
            try await program.waitForLine("blue: live")
            try await program.waitForLine("green: live")
            try await program.waitForLine("blue: turn: end_turn")
            #expect(Self.runtimes(of: state).count == 2)
            program.askToEnd()
            try await program.waitForEnd()
            #expect(program.lines.contains("manager: SIGTERM"))
            #expect(program.lines.contains("blue: no longer followed"))
            #expect(program.lines.contains("green: stopped(generation: 1)"), "\(program.output)")
            #expect(Self.runtimes(of: state).isEmpty)
        }
    }

    @Test("A runtime that was killed is started again, and what may be missing is told")
    func startsAgain() async throws {
        try await Self.withManager { program, state in
            try await program.waitForLine("blue: turn: end_turn")
            try await program.waitForLine("green: live")
            for id in Self.runtimes(of: state) { kill(id, SIGKILL) }
            try await program.waitForLine("green: missing: stream, replaced, exact")
            try await eventually("two new runtimes") { Self.runtimes(of: state).count == 2 }
            program.askToEnd()
            try await program.waitForEnd()
            #expect(Self.runtimes(of: state).isEmpty)
        }
    }

    @Test("SIGTERM while the runtimes start leaves nothing, too")
    func earlyEnd() async throws {
        try await Self.withManager { program, state in
            try await program.waitForLine("blue: dialling")
            program.askToEnd()
            try await program.waitForEnd()
            #expect(Self.runtimes(of: state).isEmpty)
        }
    }

    @Test("It has at most 150 lines")
    func isShort() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "Examples/manager/Manager.swift"), encoding: .utf8)
        #expect(text.count { $0 == "\n" } <= 150)
    }
}

import Foundation
import TestSupport
import Testing

@Suite("The example of one session of an agent", .timeLimit(.minutes(1)))
struct ExampleTests {
    /// The program, built in the same directory as the tests.
    private static var executable: URL {
        URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "agent-session")
    }

    @Test("It prints the turn, the shell and the terminal; after its close, nothing is left")
    func runs() async throws {
        let program = try RunningProgram.start(Self.executable, [])
        defer { program.end() }
        try await program.waitForEnd()
        #expect(
            program.lines == [
                "agent: fake-agent",
                #"Hello wörldpermission: {"outcome": {"optionId": "allow", "outcome": "selected"}}"#,
                "turn: end_turn",
                #"shell: "\u{1B}[?2004huser@host:/srv/ws# ""#,
                #"before: "\u{1B}[?2004huser@host:/srv/ws# ""#,
                #"after: "ls\r""#,
                "left: 0 tasks, 0 sockets",
            ]
        )
    }

    @Test("It has at most 40 lines")
    func isShort() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let file = root.appending(path: "Examples/agent-session/AgentSession.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.count { $0 == "\n" } <= 40)
    }
}

import CommandIO
import Foundation
import RuntimeLifecycle
import Testing

@testable import wsstream

@Suite("Advice")
struct AdviceTests {
    /// What only the command may say: its name and its options.
    nonisolated(unsafe) private static let forbidden = [/wsstream/, /(?:^|[^\w\-])--[a-z]/, /\boption\b/]

    /// What may look like it: the format of the journal, and what an agent runs.
    private static let allowed = ["wsstream-journal 1", "npm run dev -- --port 3000"]

    @Test(
        "A library says nothing of the command, in its messages and its docs",
        arguments: [
            "Sources/AgentRuntime", "Sources/ConcurrencyPrimitives", "Sources/ProcessSignals",
            "Sources/RuntimeLifecycle", "Sources/WebSocketMetrics", "Sources/WebSocketProtocol",
            "Sources/WebSocketTransport", "Sources/WorkspaceProtocol", "MockServer/MockAgentServer",
        ]
    )
    func libraries(folder: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let files = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { $0.hasSuffix(".swift") }
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: root.appending(path: "\(folder)/\(file)"), encoding: .utf8)
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                let said = Self.said(String(line))
                #expect(!Self.forbidden.contains { said.contains($0) }, "\(folder)/\(file):\(number + 1): \(line)")
            }
        }
    }

    /// What a line shows to users: its documentation, or its texts.
    ///
    /// A line of a text that goes over several lines has no quotes: so code is looked at, too, and only a comment that is
    /// no documentation is left out.
    private static func said(_ line: String) -> String {
        let code = line.drop { $0 == " " }
        guard !code.hasPrefix("//") || code.hasPrefix("///") else { return "" }
        return self.allowed.reduce(line) { $0.replacing($1, with: "") }
    }

    @Test(
        "What a person can do about a failure of the lifecycle is told in the words of the command",
        arguments: [
            (.unknownWorkspace, .workspace, "workspace up"), (.notReady, .workspace, "--ready-within"),
            (.notReady, .tail, "workspace up"), (.noCommand, .workspace, "--command"),
            (.gateTimeout, .workspace, "explain"), (.lockTimeout, .workspace, "--wait"), (.storage, .workspace, ""),
            (.ownership, .workspace, "--root"),
        ] as [(LifecycleError.Code, Advice.Command, String)]
    )
    func lifecycle(code: LifecycleError.Code, command: Advice.Command, words: String) {
        let text = Advice(command: command).text(for: LifecycleError(code, "It failed.")).description
        #expect(words.isEmpty ? text.isEmpty : text.hasPrefix(" ") && text.contains(words))
    }
}

import CommandIO
import Foundation
import RuntimeLifecycle
import Testing

@testable import wsstream

@Suite("Advice")
struct AdviceTests {
    /// Only the command may use these words: its name and its options.
    nonisolated(unsafe) private static let forbidden = [/wsstream/, /(?:^|[^\w\-])--[a-z]/, /\boption\b/]

    /// Texts that look similar, but are allowed: the format of the journal, a program that an agent runs, the label for
    /// an answer to an agent's permission request, and an error of agentctl.
    private static let allowed = [
        "wsstream-journal 1", "npm run dev -- --port 3000", "respond(option", "set session config option",
    ]

    @Test(
        "The messages and docs of a library do not name the command or its options",
        arguments: [
            "Sources/AgentRuntime", "Sources/AgentRuntimeService", "Sources/ConcurrencyPrimitives",
            "Sources/ProcessSignals", "Sources/PrometheusText", "Sources/RuntimeConfigurationKeys",
            "Sources/LifecycleFollowing", "Sources/RuntimeLifecycle", "Sources/RuntimeReadiness",
            "Sources/WebSocketMetrics", "Sources/WebSocketProtocol", "Sources/WebSocketTransport",
            "Sources/WorkspaceFollowing", "Sources/WorkspaceMetrics", "Sources/WorkspaceProtocol",
            "MockServer/MockAgentServer",
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

    /// The part of a line that users may see: documentation or text.
    ///
    /// A line of a multi-line string has no quotes. So all code counts, and only comments that are not documentation
    /// are left out.
    private static func said(_ line: String) -> String {
        let code = line.drop { $0 == " " }
        guard !code.hasPrefix("//") || code.hasPrefix("///") else { return "" }
        return self.allowed.reduce(line) { $0.replacing($1, with: "") }
    }

    @Test(
        "The advice after a failure of the lifecycle names the options of the command",
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

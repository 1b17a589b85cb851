import Foundation
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("The schema of scenario files")
struct ScenarioSchemaTests {
    private static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
    }

    private static func read(_ path: String) throws -> MockJSON {
        try MockJSON(parsing: try Data(contentsOf: self.root.appending(path: path)))
    }

    private static func schema() throws -> JSONSchema {
        JSONSchema(root: try self.read("docs/scenario.schema.json"))
    }

    /// A scenario with everything that a file can have.
    private static var full: Scenario {
        var scenario = Scenario(attempts: [
            [
                .holdUpgrade(nil), .holdUpgrade(.seconds(1)),
                .refuseUpgrade(status: 503, fields: ["A": "b"], body: [65]),
            ],
            [.dropUpgrade],
            [
                .skipAttach, .send([.shell("a")], rate: 2.5, repeat: 3),
                .generate(GeneratedEvents(.text(bytes: 60), count: 3, rate: 1, seed: 7)),
                .generate(GeneratedEvents()), .wait(.seconds(1)), .waitForCommand(.ping),
                .stall(nil), .stall(.milliseconds(1500)), .garbage([1, 2]), .splitFrame(.shell("b"), at: 3),
                .fragment(.shell("c"), size: 4), .ping([7]), .loop([.wait(.zero)], count: 2), .loop([.wait(.zero)]),
                .cut,
            ],
            [.close(.goingAway, reason: "x")],
        ])
        scenario.agent = AgentScript([
            .event(["type": "reasoning"]), .wait(.seconds(1)), .ticks(count: 2, every: .seconds(1)),
            .permission(MockAgentPermission(toolCallID: "t", title: "T", command: "c")), .tellOutcome, .hang,
            .standardError("x"), .when("w", [.hang]), .request(action: "a", payload: ["b": 1]), .fail(["code": 1]),
            .crash(exitCode: 2), .complete(stopReason: "end_turn"),
        ])
        (scenario.agent.name, scenario.agent.acknowledgesCancel) = ("n", false)
        scenario.processes = [
            MockProcess("a", steps: [.output("o"), .errorOutput("e"), .wait(.seconds(1)), .exit(1)]),
            MockProcess("b", workingDirectory: "/w", startError: "no"),
        ]
        scenario.faults.answers = [
            AnswerFault("agent.prompt", .late(.seconds(2)), after: 1, count: 2), AnswerFault("a", .silence),
            AnswerFault("a", .twice), AnswerFault("a", .otherID), AnswerFault("a", .drop),
            AnswerFault("GET /health", .failure(status: 500, message: "m")),
        ]
        scenario.faults.replay = .placeholder
        scenario.faults.lostMessages = [1, 3]
        (scenario.faults.ignoredPings, scenario.faults.ignoredPingCommands) = (1, 2)
        return scenario
    }

    @Test(
        "The built-in scenarios, and one with every step, fit the schema and are read back as they were",
        arguments: Array(Scenario.builtIn.keys.sorted()) + ["full", "agent"]
    )
    func builtIn(name: String) throws {
        var scenario = Scenario.builtIn[name] ?? Self.full
        if name == "agent" { scenario.agent = AgentScript(AgentScript.usualSteps + [.hang]) }
        let problems = try Self.schema().problems(scenario.json)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
        #expect(try Scenario(json: Data(scenario.json.bytes)) == scenario)
    }

    @Test("The example fits the schema and can be read")
    func example() throws {
        let example = try Self.read("MockServer/example-scenario.json")
        let problems = try Self.schema().problems(example)
        #expect(problems.isEmpty, "\(problems.joined(separator: "\n"))")
        _ = try Scenario(json: Data(example.bytes))
    }

    @Test(
        "What the schema refuses, the reader refuses, too",
        arguments: [
            "{}", "[]", #"{"steps":[],"attempts":[]}"#, #"{"steps":[],"x":1}"#, #"{"steps":[{"step":"nope"}]}"#,
            #"{"steps":[{"step":"cut","x":1}]}"#, #"{"steps":[{"step":"wait"}]}"#,
            #"{"steps":[{"step":"wait","seconds":-1}]}"#, #"{"steps":[{"step":"refuseUpgrade","status":200}]}"#,
            #"{"steps":[{"step":"send","events":[{}],"rate":0}]}"#, #"{"steps":[{"step":"loop","steps":[]}]}"#,
            #"{"steps":[{"step":"fragment","event":{"type":"ping"},"size":0}]}"#,
            #"{"agent":{"steps":[{"step":"crash","exitCode":0}]}}"#, #"{"agent":{"x":1}}"#,
            #"{"agent":{"steps":[{"step":"event","event":{}}]}}"#, #"{"agent":{"steps":[{"step":"nope"}]}}"#,
            #"{"processes":[{}]}"#, #"{"processes":[{"command":"a","steps":[{"output":"x","exit":1}]}]}"#,
            #"{"processes":[{"command":"","steps":[]}]}"#, #"{"faults":{"replay":"x"}}"#,
            #"{"faults":{"lostMessages":[-1]}}"#, #"{"faults":{"answers":[{"request":"a","kind":"x"}]}}"#,
            #"{"faults":{"answers":[{"request":"a","kind":"late"}]}}"#,
            #"{"faults":{"answers":[{"request":"a","kind":"twice","seconds":1}]}}"#,
            #"{"faults":{"answers":[{"request":"a","kind":"failure","status":200}]}}"#,
            #"{"faults":{"ignoredPings":-1}}"#,
        ]
    )
    func refused(text: String) throws {
        let problems = try Self.schema().problems(try MockJSON(parsing: text.utf8))
        #expect(!problems.isEmpty)
        let error = #expect(throws: MockServerError.self) { try Scenario(json: Data(text.utf8)) }
        #expect(error?.code == .invalidScenario)
    }
}

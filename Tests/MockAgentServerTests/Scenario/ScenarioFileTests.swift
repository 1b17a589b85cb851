import Foundation
import MockAgentServer
import Testing
import WebSocketProtocol
import WorkspaceProtocol

@Suite("Scenario files")
struct ScenarioFileTests {
    private static func read(_ json: String) throws -> Scenario { try Scenario(json: Data(json.utf8)) }

    @Test("Every step can be written in a file")
    func allSteps() throws {
        let scenario = try Self.read(
            #"""
            {"steps": [
              {"step": "holdUpgrade", "seconds": 0.5}, {"step": "holdUpgrade"}, {"step": "skipAttach"},
              {"step": "refuseUpgrade", "status": 503, "fields": {"Retry-After": "1"}, "body": "busy"},
              {"step": "dropUpgrade"},
              {"step": "send", "events": [{"type": "shell_output", "timestamp": 7, "data": "a"}], "rate": 2, "repeat": 3},
              {"step": "generate"}, {"step": "generate", "kind": "text", "bytes": 100, "count": 5, "rate": 0.5, "seed": 2},
              {"step": "wait", "seconds": 2}, {"step": "waitForCommand", "type": "shell_input"},
              {"step": "stall"}, {"step": "stall", "seconds": 1}, {"step": "garbage", "bytes": [0, 255]},
              {"step": "garbage", "text": "✓"}, {"step": "ping", "text": "p"}, {"step": "ping"},
              {"step": "splitFrame", "event": {"type": "pong"}, "at": 2},
              {"step": "splitFrame", "event": {"type": "pong"}, "at": 2, "seconds": 1},
              {"step": "fragment", "event": {"type": "new", "x": [1.5, null, true]}, "size": 3},
              {"step": "loop", "steps": [{"step": "cut"}]}, {"step": "loop", "steps": [{"step": "cut"}], "count": 2},
              {"step": "close", "code": 1001, "reason": "bye"}, {"step": "cut"}
            ]}
            """#
        )
        let pong = WorkspaceEvent(.pong, timestamp: nil)
        guard case .fragment(let unknown, size: 3) = scenario.attempts[0][18] else { return #expect(Bool(false)) }
        #expect(unknown.type == WorkspaceMessageType(rawValue: "new"))
        #expect(
            scenario.attempts == [
                [
                    .holdUpgrade(.milliseconds(500)), .holdUpgrade(nil), .skipAttach,
                    .refuseUpgrade(status: 503, fields: ["Retry-After": "1"], body: Array("busy".utf8)), .dropUpgrade,
                    .send([.shell("a")], rate: 2, repeat: 3),
                    .generate(GeneratedEvents()),
                    .generate(GeneratedEvents(.text(bytes: 100), count: 5, rate: 0.5, seed: 2)),
                    .wait(.seconds(2)), .waitForCommand(.shellInput), .stall(nil), .stall(.seconds(1)),
                    .garbage([0, 255]), .garbage(Array("✓".utf8)), .ping(Array("p".utf8)), .ping(),
                    .splitFrame(pong, at: 2), .splitFrame(pong, at: 2, pause: .seconds(1)),
                    .fragment(unknown, size: 3), .loop([.cut]), .loop([.cut], count: 2),
                    .close(.goingAway, reason: "bye"), .cut,
                ]
            ]
        )
    }

    @Test("Attempts differ")
    func attempts() throws {
        let scenario = try Self.read(#"{"attempts": [{"steps": [{"step": "cut"}]}, {"steps": []}]}"#)
        #expect(scenario == Scenario(attempts: [[.cut], []]))
    }

    @Test(
        "An error names the place and the value, and says what to do",
        arguments: [
            ("", "", "not JSON"), ("[]", "", "an array"), (#"{"step": []}"#, "", #"no member "step""#),
            ("{}", "", #""steps" is missing"#), (#"{"steps": [], "attempts": []}"#, "", "not both"),
            (#"{"steps": [7]}"#, "steps[0]", "got 7"),
            (#"{"steps": [{"step": "cut"}, {"step": "jump"}]}"#, "steps[1].step", #"no step "jump"; use one of close"#),
            (#"{"steps": [{"stop": "cut"}]}"#, "steps[0]", #""step" is missing"#),
            (#"{"steps": [{"step": "cut", "code": 1}]}"#, "steps[0]", #"no member "code""#),
            (#"{"steps": [{"step": "wait"}]}"#, "steps[0]", #""seconds" is missing"#),
            (#"{"steps": [{"step": "wait", "seconds": "1"}]}"#, "steps[0].seconds", #"a number, got "1""#),
            (#"{"steps": [{"step": "wait", "seconds": -1}]}"#, "steps[0].seconds", "got -1"),
            (#"{"steps": [{"step": "wait", "seconds": 1e300}]}"#, "steps[0].seconds", "31536000"),
            (#"{"steps": [{"step": "close", "code": 1.5}]}"#, "steps[0].code", "a whole number, got 1.5"),
            (#"{"steps": [{"step": "close", "code": 1006}]}"#, "steps[0]", "got 1006"),
            (#"{"steps": [{"step": "close", "code": 70000}]}"#, "steps[0].code", "got 70000"),
            (#"{"steps": [{"step": "garbage", "bytes": [0, 256]}]}"#, "steps[0].bytes[1]", "got 256"),
            (#"{"steps": [{"step": "garbage", "bytes": [], "text": ""}]}"#, "steps[0]", "not both"),
            (#"{"steps": [{"step": "generate", "kind": "all"}]}"#, "steps[0].kind", #"no kind "all""#),
            (#"{"steps": [{"step": "generate", "kind": "text", "bytes": 59}]}"#, "steps[0]", "got 59"),
            (#"{"steps": [{"step": "generate", "bytes": 59}]}"#, "steps[0].bytes", "Only"),
            (#"{"steps": [{"step": "generate", "count": 0}]}"#, "steps[0]", "got 0"),
            (#"{"steps": [{"step": "generate", "rate": 0}]}"#, "steps[0]", "got 0"),
            (#"{"steps": [{"step": "send", "events": [{"type": "pong"}, {}]}]}"#, "steps[0].events[1]", "on the wire"),
            (#"{"steps": [{"step": "send", "events": [], "repeat": -1}]}"#, "steps[0]", "got -1"),
            (#"{"steps": [{"step": "fragment", "event": 3, "size": 1}]}"#, "steps[0].event", "on the wire"),
            (#"{"steps": [{"step": "fragment", "event": {"type": "pong"}, "size": 0}]}"#, "steps[0]", "got 0"),
            (#"{"steps": [{"step": "splitFrame", "event": {"type": "pong"}, "at": 0}]}"#, "steps[0]", "got 0"),
            (#"{"steps": [{"step": "refuseUpgrade", "status": 101}]}"#, "steps[0]", "got 101"),
            (#"{"steps": [{"step": "refuseUpgrade", "status": 503, "fields": {"a b": "c"}}]}"#, "steps[0]", "a b"),
            (
                #"{"steps": [{"step": "refuseUpgrade", "status": 503, "fields": {"a": 1}}]}"#, "steps[0].fields.a",
                "got 1"
            ),
            (#"{"steps": [{"step": "cut"}, {"step": "holdUpgrade"}]}"#, "steps[1]", "move it to the front"),
            (
                #"{"steps": [{"step": "loop", "steps": [{"step": "skipAttach"}]}]}"#, "steps[0].steps[0]",
                "not in a loop"
            ),
            (#"{"steps": [{"step": "loop", "steps": []}]}"#, "steps[0]", "needs a step"),
            (#"{"steps": [{"step": "loop", "steps": [{"step": "x"}]}]}"#, "steps[0].steps[0].step", #""x""#),
            (#"{"attempts": [{"steps": []}, {"steps": [{}]}]}"#, "attempts[1].steps[0]", "missing"),
            (
                #"{"attempts": [{"steps": []}, {"steps": [{"step": "close", "code": 5}]}]}"#, "attempts[1].steps[0]",
                "got 5"
            ),
        ]
    )
    func errors(json: String, path: String, text: String) throws {
        let error = #expect(throws: MockServerError.self) { try Self.read(json) }
        #expect(error?.code == .invalidScenario)
        #expect(error?.path == path)
        #expect(error?.message.contains(text) == true, "\(error?.message ?? "")")
    }

    @Test("The example file is the one of the documentation, and can be read")
    func example() throws {
        let root = URL(filePath: #filePath).appending(path: "../../../..").standardized
        let example = try String(contentsOf: root.appending(path: "MockServer/example-scenario.json"), encoding: .utf8)
        let source = root.appending(path: "MockServer/MockAgentServer/Scenario/Scenario.swift")
        let documented = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix("/// ") }.map { $0.dropFirst(4) + "\n" }.joined()
        #expect(documented.contains(example))
        #expect(try Self.read(example).attempts.count == 3)
    }

    @Test("A ping of more than 125 bytes is refused")
    func longPing() {
        let scenario = Scenario([.ping([UInt8](repeating: 0, count: 126))])
        #expect(throws: MockServerError.self) { try scenario.validate() }
    }

    @Test("A server does not start with a scenario that can't be done")
    func start() async {
        var configuration = MockServerConfiguration()
        configuration.scenario = Scenario([.cut, .dropUpgrade])
        let error = await #expect(throws: MockServerError.self) { try await MockServer.start(configuration) }
        #expect(error?.path == "steps[1]")
    }

    @Test("Built-in scenarios are found by name and make sense", arguments: ["demo", "idle", "flood", "faults"])
    func builtIn(name: String) throws {
        #expect(try Scenario.load(name) == Scenario.builtIn[name])
        try Scenario.load(name).validate()
    }

    @Test("A file is found by its path; a missing one is a typed error that names the built-in scenarios")
    func file() throws {
        let path = NSTemporaryDirectory() + "/scenario-\(UUID().uuidString).json"
        try Data(#"{"steps": [{"step": "cut"}]}"#.utf8).write(to: URL(filePath: path))
        #expect(try Scenario.load(path) == Scenario([.cut]))
        try FileManager.default.removeItem(atPath: path)
        let error = #expect(throws: MockServerError.self) { try Scenario.load(path) }
        #expect(error?.code == .scenarioNotFound)
        #expect(error?.message.contains("demo, faults, flood, idle") == true)
    }
}

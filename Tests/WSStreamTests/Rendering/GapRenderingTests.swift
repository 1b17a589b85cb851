import Foundation
import Testing
import WorkspaceFollowing
import WorkspaceProtocol

@testable import wsstream

@Suite("Gaps and recovered events as lines")
struct GapRenderingTests {
    private static let since = Gap.Moment(local: 1_000, server: 900)
    private static let until = Gap.Moment(local: 4_200)

    /// Each gap, its JSON between the braces of `gap`, and its words.
    private static let gaps: [(Gap, String, String)] = [
        (
            Gap(.stream, cause: .disconnected, since: Self.since, until: Self.until),
            #""scope":"stream","cause":"disconnected","since":{"local":1000,"server":900},"until":{"local":4200},"recovered":"none","certainty":"exact""#,
            "stream: the connection was lost, for 3.2 s; recovered nothing"
        ),
        (
            Gap(
                .process(id: "p\"1"),
                cause: .evicted,
                since: Self.since,
                until: Self.since,
                recovered: .bytes(7),
                certainty: .ambiguous
            ),
            #""scope":"process","process_id":"p\"1","cause":"evicted","since":{"local":1000,"server":900},"until":{"local":1000,"server":900},"recovered":{"bytes":7},"certainty":"ambiguous""#,
            "process p\"1: the runtime has only newer output; recovered 7 bytes; some of it may be repeated"
        ),
        (
            Gap(
                .git(repository: "web"),
                cause: .disconnected,
                since: Self.until,
                until: Self.until,
                recovered: .events(2),
                certainty: .unknown,
                heads: .init(from: "0123456789", to: nil)
            ),
            #""scope":"git","repository_name":"web","cause":"disconnected","since":{"local":4200},"until":{"local":4200},"recovered":{"events":2},"certainty":"unknown","heads":{"from":"0123456789","to":null}"#,
            "commits: the connection was lost; recovered 2 events; from 0123456 to ?; perhaps nothing is missing"
        ),
        (
            Gap(.shell, cause: .queueOverflow, since: Self.until, until: Self.until, droppedEvents: 3),
            #""scope":"shell","cause":"queueOverflow","since":{"local":4200},"until":{"local":4200},"recovered":"none","certainty":"exact","dropped":3"#,
            "shell: the output was too slow; recovered nothing; dropped 3 events"
        ),
        (
            Gap(
                .files(repository: nil),
                cause: Gap.Cause(rawValue: "new"),
                since: Self.until,
                until: Self.until,
                recovered: .all
            ),
            #""scope":"files","cause":"new","since":{"local":4200},"until":{"local":4200},"recovered":"all","certainty":"exact""#,
            "files: new; recovered all"
        ),
    ]

    private static func text(_ render: (inout [UInt8]) -> Void) -> String {
        var bytes: [UInt8] = []
        render(&bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("For programs a gap is an object with the member `gap` and no `type`, in both formats", arguments: gaps)
    func json(gap: Gap, members: String, words: String) throws {
        for renderer in [EventRenderer.json(JSONRenderer()), .raw] {
            let line = Self.text { renderer.render(gap, into: &$0) }
            #expect(line == #"{"gap":{\#(members)}}"# + "\n")
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?.keys.sorted() == ["gap"])
        }
    }

    @Test("For people it is one line, at the time of its end", arguments: gaps)
    func pretty(gap: Gap, members: String, words: String) {
        let renderer = PrettyRenderer(isColored: false, clock: LocalClock { _ in 0 })
        let line = Self.text { renderer.render(gap, into: &$0) }
        #expect(line.hasPrefix(gap.until.local == 1_000 ? "00:00:01.000  gap " : "00:00:04.200  gap "))
        #expect(line.hasSuffix("  \(words)\n"))
        #expect(line.dropFirst(PrettyRenderer.indentation).dropLast() == words)
        #expect(line.contains("web") == (gap.scope == .git(repository: "web")))
    }

    @Test("Text of the server in a gap controls no terminal")
    func escapes() {
        let gap = Gap(.process(id: "\u{1B}[2J\n"), cause: .ended, since: Self.since, until: Self.until)
        for renderer in [EventRenderer.json(JSONRenderer()), .raw, .pretty(PrettyRenderer(isColored: false))] {
            let line = Self.text { renderer.render(gap, into: &$0) }
            #expect(!line.contains("\u{1B}"))
            #expect(line.dropLast().allSatisfy { !$0.isNewline })
        }
    }

    @Test("A recovered event has the member `recovered` for programs, and is marked for people")
    func recovered() {
        let event = WorkspaceEvent(.shellOutput("a\u{9B}\n"))
        let expected = #"{"type":"shell_output","data":"a\u009b\n","recovered":"shellBuffer"}"# + "\n"
        for renderer in [EventRenderer.json(JSONRenderer()), .raw] {
            #expect(Self.text { renderer.render(event, recoveredBy: .shellBuffer, into: &$0) } == expected)
        }
        let pretty = EventRenderer.pretty(PrettyRenderer(isColored: false))
        let line = Self.text { pretty.render(event, recoveredBy: .shellBuffer, into: &$0) }
        #expect(line == "--:--:--.---  shell_output    -         recovered: a\\u{9b}\\n\n")
        #expect(!Self.text { pretty.render(event, recoveredBy: nil, into: &$0) }.contains("recovered"))
    }

    @Test(
        "An event with its frame is written as it came, one without it as agentctl writes it",
        arguments: [
            #"{ "timestamp" : 7, "type":"pong"}"#, #"{"type":"shell_output","data":"\u00e9","seq":1e3}"#,
            #"{"type":"new","x":[ 1 ]}"#, #"{"type":"git_commit"}"#,
        ]
    )
    func frames(frame: String) {
        let event = WorkspaceEventDecoder(keepsFrames: true).decode(Array("\(frame)\n".utf8))
        for renderer in [EventRenderer.json(JSONRenderer()), .raw] {
            #expect(Self.text { renderer.render(event, recoveredBy: nil, into: &$0) } == "\(frame)\n")
        }
        let made = WorkspaceEvent(.pong, timestamp: 7)
        let line = #"{"type":"pong","timestamp":7}"# + "\n"
        #expect(Self.text { EventRenderer.raw.render(made, recoveredBy: nil, into: &$0) } == line)
    }

    @Test("A frame that is not UTF-8 is repaired for JSON, and unchanged for raw", arguments: ["shell_output", "new"])
    func notUTF8(type: String) {
        let frame = Array(#"{"type":"\#(type)","x":""#.utf8) + [0xFF] + Array("\"}".utf8)
        let event = WorkspaceEventDecoder(keepsFrames: true).decode(frame)
        var raw: [UInt8] = []
        EventRenderer.raw.render(event, recoveredBy: nil, into: &raw)
        #expect(raw == frame + [UInt8(ascii: "\n")])
        let json = Self.text { EventRenderer.json(JSONRenderer()).render(event, recoveredBy: nil, into: &$0) }
        #expect(json == #"{"type":"\#(type)","x":"\#u{FFFD}"}"# + "\n")
    }

    @Test("A malformed frame is wrapped in JSON, and unchanged in raw")
    func malformed() {
        let event = WorkspaceEventDecoder(keepsFrames: true).decode(Array("{oops".utf8))
        #expect(Self.text { EventRenderer.raw.render(event, recoveredBy: nil, into: &$0) } == "{oops\n")
        let json = Self.text { EventRenderer.json(JSONRenderer()).render(event, recoveredBy: nil, into: &$0) }
        #expect(json.hasPrefix(#"{"type":"malformed","error":"#) && json.hasSuffix(#""raw":"{oops"}"# + "\n"))
    }
}

import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("What is delivered after a reconnect")
struct SpliceTests {
    private static func splice(
        after events: [WorkspaceEvent],
        held: [WorkspaceEvent] = [],
        cause: Gap.Cause = .disconnected,
        _ change: (inout RecoveryAnswers) -> Void = { _ in }
    ) -> Splice {
        var answers = RecoveryAnswers()
        (answers.shell, answers.processes) = (.missing, .known([]))
        change(&answers)
        var all = HeldEvents(RecoveryPolicy())
        for event in [WorkspaceEvent(.connected, timestamp: 1000)] + held { all.append(event, bytes: 1) }
        return Splice(
            received: WorkspaceTracker(after: events),
            cause: cause,
            since: Gap.Moment(local: 1, server: 2),
            until: Gap.Moment(local: 3, server: 1000),
            held: all,
            answers: answers,
            maximumCommits: 10
        )
    }

    @Test("First the gap, then what was recovered, then the live events")
    func order() {
        let splice = Self.splice(
            after: [.status("a"), .process("p", .running), .output("p", "1", at: 1)],
            held: [.status("c"), .output("p", "3", at: 3), .commit("c", after: "b")]
        ) { answers in
            answers.logs[""] = .known([.entry("c", after: "b"), .entry("b", after: "a")])
            answers.outputs["p"] = .known(
                .running("p", [.chunk("1", at: 1), .chunk("2", at: 2), .chunk("3", at: 3)])
            )
        }
        #expect(
            splice.elements.words == [
                "gap stream disconnected", "recovered commit b", "recovered commit c", "recovered output 2",
                "recovered output 3", "recovered file refresh",
            ]
        )
        // The output and the commit were recovered, and came on the wire, too.
        #expect(splice.live.map(\.word) == ["connected", "status c"])
    }

    @Test("Commits that had come before are not recovered again")
    func takenCommits() {
        let splice = Self.splice(
            after: [.status("a"), .status("c"), .commit("c", after: "b")],
            held: [.status("c")]
        ) { $0.logs[""] = .known([.entry("c", after: "b"), .entry("b", after: "a")]) }
        #expect(splice.elements.words.filter { $0.contains("commit") } == ["recovered commit b"])
    }

    @Test("A history that does not lead back to the last head is a gap that names the heads")
    func noAncestor() throws {
        let splice = Self.splice(after: [.status("a")], held: [.status("z")]) {
            $0.logs[""] = .known([.entry("z", after: "y")])
        }
        let gap = try #require(splice.elements.gaps.first { $0.scope == .git(repository: nil) })
        #expect(gap.heads == Gap.Heads(from: "a", to: "z") && gap.certainty == .unknown)
    }

    @Test("A replayed status that is older than what was delivered is no gap, and moves nothing back")
    func staleStatus() {
        let events: [WorkspaceEvent] = [.status("a"), .status("b"), .commit("b", after: "a")]
        let splice = Self.splice(after: events, held: [.status("a")]) { $0.logs[""] = .known([]) }
        #expect(splice.elements.words == ["gap stream disconnected", "recovered file refresh"])
    }

    @Test("Answers that failed are gaps of their scopes")
    func failures() {
        let splice = Self.splice(after: [.status("a"), .process("p", .running)], held: [.status("b")]) { answers in
            answers = RecoveryAnswers()
        }
        #expect(
            splice.elements.words == [
                "gap stream disconnected", "gap git - disconnected", "gap process p disconnected",
                "gap shell disconnected", "recovered file refresh",
            ]
        )
    }

    @Test("A process that has ended is a gap, and its end is told without an exit code")
    func ended() {
        let splice = Self.splice(after: [.process("p", .running)]) { $0.outputs["p"] = .missing }
        #expect(
            splice.elements.words == ["gap stream disconnected", "gap process p ended", "recovered process p ended"]
        )
        // Its real end came on the wire.
        let told = Self.splice(after: [.process("p", .running)], held: [.process("p", .failed, exitCode: 1)]) {
            $0.outputs["p"] = .missing
        }
        #expect(told.elements.words == ["gap stream disconnected", "gap process p ended"])
        #expect(told.live.map(\.word) == ["connected", "process p failed"])
    }

    @Test("A process that was started meanwhile is told, with its output, which may be incomplete")
    func startedMeanwhile() {
        let splice = Self.splice(after: []) { answers in
            answers.processes = .known([.running("q")])
            answers.outputs["q"] = .known(.running("q", [.chunk("x", at: 1)]))
        }
        #expect(
            splice.elements.words == [
                "gap stream disconnected", "recovered process q running", "gap process q disconnected",
                "recovered output x",
            ]
        )
    }

    @Test("The shell goes on where it was, and held pieces that the ring has are dropped")
    func shell() {
        let line = "a line that is long enough to be found again\n"
        let splice = Self.splice(
            after: [.shell(line)],
            held: [.shell("the second piece of the output, which is long\n"), .shell("third")]
        ) { $0.shell = .known(line + "the first\nthe second piece of the output, which is long\n") }
        let missed = "the first\nthe second piece of the output, which is long\n"
        #expect(splice.elements.words.contains("recovered shell \(missed)"))
        #expect(splice.elements.gaps.count == 1)
        #expect(splice.live.map(\.word) == ["connected", "shell third"])
    }

    @Test("Another runtime: processes are over, and the shell begins anew")
    func replaced() {
        let splice = Self.splice(
            after: [.process("p", .running), .shell("old")],
            cause: .replaced
        ) { $0.shell = .known("new") }
        #expect(
            splice.elements.words == [
                "gap stream replaced", "gap process p replaced", "recovered process p ended", "recovered shell new",
            ]
        )
    }

    @Test("A shell that was started after the attach needs another attach")
    func lateShell() {
        #expect(Self.splice(after: []) { $0.shellStart = RFC3339Timestamp(second: 2) }.mustAttachAgain)
        #expect(!Self.splice(after: []) { $0.shellStart = RFC3339Timestamp(second: 1) }.mustAttachAgain)
    }
}

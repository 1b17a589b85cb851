import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("What the runtime has dropped on a live connection")
struct AuditTests {
    private static func audit(
        after events: [WorkspaceEvent],
        suspects: Set<String>? = ["p"],
        _ ring: [WorkspaceProcess.Chunk]
    ) -> Audit {
        var answers = RecoveryAnswers()
        (answers.shell, answers.outputs["p"]) = (.missing, .known(.running("p", ring)))
        return Audit(
            received: WorkspaceTracker(after: [.process("p", .running)] + events),
            answers: answers,
            suspects: suspects,
            at: Gap.Moment(local: 1)
        )
    }

    @Test("A piece between two delivered ones was dropped: it is told, and delivered late")
    func dropped() {
        let audit = Self.audit(
            after: [.output("p", "a", at: 1), .output("p", "c", at: 3)],
            [.chunk("a", at: 1), .chunk("b", at: 2), .chunk("c", at: 3), .chunk("d", at: 4)]
        )
        // The runtime has dropped output, so events of other kinds may be missing, too. The last piece may be on its way.
        #expect(
            audit.elements.words == ["gap process p suspectedDrop", "recovered output b", "gap stream suspectedDrop"]
        )
    }

    @Test("If all output was delivered, only a suspicion is told: events of other kinds may be missing")
    func complete() {
        let events: [WorkspaceEvent] = [.output("p", "a", at: 1), .output("p", "b", at: 2)]
        let audit = Self.audit(after: events, [.chunk("a", at: 1), .chunk("b", at: 2)])
        #expect(audit.elements.words == ["gap stream suspectedDrop"])
        #expect(Self.audit(after: events, suspects: nil, [.chunk("b", at: 2)]).elements.isEmpty)
    }

    @Test("If the ring has lost the beginning, a suspicion can't be cleared")
    func uncovered() {
        let events: [WorkspaceEvent] = [.output("p", "a", at: 1), .output("p", "b", at: 2)]
        let audit = Self.audit(after: events, [.chunk("b", at: 2)])
        #expect(audit.elements.words == ["gap process p suspectedDrop", "gap stream suspectedDrop"])
        #expect(audit.elements.gaps.allSatisfy { $0.certainty == .unknown })
    }

    @Test("The next audit goes on where the last one ended")
    func settled() throws {
        var tracker = WorkspaceTracker(after: [.process("p", .running)])
        for time in 1...5 { tracker.apply(.event(.output("p", "\(time)", at: time)), local: 1) }
        let key = WorkspaceTracker.OutputKey(.chunk("4", at: 4))
        tracker.audited("p", .standardOutput, upTo: key)
        let track = try #require(tracker.running.first?.output(.standardOutput))
        #expect(track.unaudited.count == 2 && track.unaudited.first == key)
    }

    @Test("Pieces with the same time and length are not taken for dropped by the next audit")
    func equalKeys() throws {
        var tracker = WorkspaceTracker(after: [.process("p", .running)])
        for data in ["a", "b"] { tracker.apply(.event(.output("p", data, at: 1)), local: 1) }
        tracker.audited("p", .standardOutput, upTo: WorkspaceTracker.OutputKey(.chunk("b", at: 1)))
        var answers = RecoveryAnswers()
        let ring: [WorkspaceProcess.Chunk] = [.chunk("a", at: 1), .chunk("b", at: 1)]
        (answers.shell, answers.outputs["p"]) = (.missing, .known(.running("p", ring)))
        let audit = Audit(received: tracker, answers: answers, suspects: nil, at: Gap.Moment(local: 1))
        #expect(audit.elements.isEmpty)
    }
}

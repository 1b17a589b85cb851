import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A hole in the output of a shell")
struct ShellHoleTests {
    private static let texts = (0..<5).map { "\($0) is a line that is long enough to be found again\r\n" }

    private static func audit(_ received: [Int], began: [Int], ring: [Int]) -> [FollowedElement] {
        var answers = RecoveryAnswers()
        answers.shell = .known(ring.map { Self.texts[$0] }.joined())
        let shell = WorkspaceTracker(after: began.map { .shell(Self.texts[$0]) }).shell
        let all = WorkspaceTracker(after: received.map { .shell(Self.texts[$0]) })
        return Audit(received: all, answers: answers, suspects: nil, shell: shell, at: .init(local: 1)).elements
    }

    @Test("Output that came after the answer was made is no hole; dropped output is one")
    func audit() {
        #expect(Self.audit([0, 1, 2], began: [0, 1], ring: [0, 1]).isEmpty)
        #expect(Self.audit([0, 1, 2], began: [0, 1], ring: [0, 1, 2]).isEmpty)
        #expect(Self.audit([0, 1, 3], began: [0, 1, 3], ring: [0, 1, 2, 3]).words == ["gap shell suspectedDrop"])
    }

    @Test("After a hole the output before it is not recovered once more without a word")
    func recovery() throws {
        var tracker = WorkspaceTracker(after: [0, 2].map { .shell(Self.texts[$0]) })
        let moment = Gap.Moment(local: 1)
        tracker.apply(.gap(Gap(.shell, cause: .suspectedDrop, since: moment, until: moment)), local: 1)
        var overlap = ShellOverlap.find(tail: tracker.shell, ring: Self.texts[0...3].joined())
        #expect((overlap.certainty, overlap.mayHaveGap) == (.unknown, true))
        // It survives being kept.
        let kept = try JSONDecoder().decode(ShellTail.self, from: JSONEncoder().encode(tracker.shell))
        #expect(kept == tracker.shell)
        #expect(ShellOverlap.find(tail: kept, ring: Self.texts[0...3].joined()) == overlap)
        // What follows the hole is found.
        tracker.apply(.event(.shell(Self.texts[3])), local: 1)
        overlap = ShellOverlap.find(tail: tracker.shell, ring: Self.texts.joined())
        #expect(overlap.certainty == .exact)
        #expect(overlap.missed(in: Self.texts.joined()) == Self.texts[4])
    }

    private static func splice(
        _ shell: ShellTail,
        _ answer: RecoveryAnswers.Answer<String>,
        start: Int? = nil,
        cause: Gap.Cause = .disconnected,
        isReattach: Bool = false
    ) -> [String] {
        var answers = RecoveryAnswers()
        (answers.shell, answers.processes) = (answer, .known([]))
        answers.shellStart = start.map { RFC3339Timestamp(second: $0) }
        let tracker = WorkspaceTracker(
            FollowerPosition(shell: shell, processes: [], repositories: [], local: 1),
            keepsDiffs: false
        )
        let moment = Gap.Moment(local: 1, server: 10_400)
        let splice = Splice(
            received: tracker,
            cause: cause,
            since: moment,
            until: moment,
            held: HeldEvents(RecoveryPolicy()),
            answers: answers,
            maximumCommits: 10,
            isReattach: isReattach
        )
        return Array(splice.elements.words.dropFirst())
    }

    @Test("After an answer that failed, what follows is found again; without it, the missed output still is")
    func failedAnswer() {
        var tracker = WorkspaceTracker(after: [.shell(Self.texts[0])])
        let moment = Gap.Moment(local: 1)
        let gap = Gap(.shell, cause: .disconnected, since: moment, until: moment, certainty: .unknown)
        tracker.apply(.gap(gap), local: 1)
        let ring = Self.texts[0...2].joined()
        #expect(ShellOverlap.find(tail: tracker.shell, ring: ring).missed(in: ring) == Self.texts[1...2].joined())
        tracker.apply(.event(.shell(Self.texts[2])), local: 1)
        let overlap = ShellOverlap.find(tail: tracker.shell, ring: Self.texts[0...3].joined())
        #expect(overlap.certainty == .exact)
        #expect(overlap.missed(in: Self.texts[0...3].joined()) == Self.texts[3])
    }

    @Test("A shell that is gone is a gap, once")
    func endedShell() {
        let shell = WorkspaceTracker(after: [.shell("text")]).shell
        #expect(Self.splice(shell, .missing) == ["gap shell ended"])
        #expect(Self.splice(shell.beforeHole, .missing) == [])
        #expect(Self.splice(ShellTail(), .missing) == [])
    }

    @Test("A shell that may have replaced one that was never heard is a gap")
    func unheardShell() {
        let recovered = "recovered shell $ "
        #expect(Self.splice(ShellTail(), .known("$ "), start: 9) == [recovered])
        #expect(Self.splice(ShellTail(), .known("$ "), start: 10) == ["gap shell ended", recovered])
        #expect(Self.splice(ShellTail(), .known("$ "), start: 11) == ["gap shell ended", recovered])
        #expect(Self.splice(ShellTail(), .known("$ "), start: 11, cause: .replaced) == [recovered])
        #expect(Self.splice(ShellTail(), .known("$ "), start: 11, isReattach: true) == [recovered])
    }
}

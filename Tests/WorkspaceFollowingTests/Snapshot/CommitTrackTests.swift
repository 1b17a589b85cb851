import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("Up to which commit a repository was delivered")
struct CommitTrackTests {
    private static func commit(_ sha: String, _ parent: String) -> GitCommit {
        GitCommit(commitSHA: sha, parentSHA: parent)
    }

    @Test("The first status gives the head; a later one is no proof that its commits came")
    func statusIsNoProof() {
        var track = CommitTrack()
        track.saw(head: "a")
        #expect(track.head == "a")
        track.saw(head: "b")
        #expect(track.head == "a")
        track.delivered(Self.commit("b", "a"))
        #expect(track.head == "b" && track.taken.isEmpty)
    }

    @Test("Commits that come newest first move the head only when all of them have come")
    func newestFirst() {
        var track = CommitTrack(head: "a")
        track.delivered(Self.commit("d", "c"))
        track.delivered(Self.commit("c", "b"))
        #expect(track.head == "a" && track.taken.count == 2)
        track.delivered(Self.commit("b", "a"))
        #expect(track.head == "d" && track.taken.isEmpty)
    }

    @Test("A merge moves the head along its first parent, also if it repeats the commits of the merged branch")
    func merge() {
        let commits = [
            Self.commit("m", "b"), Self.commit("x2", "x1"), Self.commit("x1", "a"), Self.commit("b", "a"),
        ]
        var track = CommitTrack(head: "a")
        track.saw(head: "m")
        for commit in commits {
            #expect(track.head == "a")
            track.delivered(commit)
        }
        #expect(track.head == "m" && track.taken.isEmpty)
        // Without the status it is not known which of the two is the head.
        var late = CommitTrack(head: "a")
        for commit in commits { late.delivered(commit) }
        #expect(late.head == "a" && late.taken.count == 4)
        late.saw(head: "m")
        #expect(late.head == "m" && late.taken.isEmpty)
    }

    @Test("A reset or another branch moves the head")
    func moved() {
        var track = CommitTrack(head: "a")
        track.delivered(Self.commit("z", "y"))
        track.moved(to: "q")
        #expect(track.head == "q" && track.taken.isEmpty)
    }

    @Test("Commits without a way to the head are bounded")
    func bounded() {
        var track = CommitTrack(head: "a")
        track.saw(head: "tip")
        for index in 0..<3000 { track.delivered(Self.commit("c\(index)", "p\(index)")) }
        #expect(track.taken.count <= CommitTrack.bound)
        #expect(track.head == "tip")
    }
}

import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("Which output of a process was missed")
struct MissedOutputTests {
    private static func track(_ outputs: [WorkspaceEvent]) throws -> WorkspaceTracker.ProcessTrack {
        try #require(WorkspaceTracker(after: [.process("p", .running)] + outputs).running.first)
    }

    @Test("What is after the last delivered piece was missed, exactly")
    func exact() throws {
        let track = try Self.track([.output("p", "a", at: 1), .output("p", "b", at: 2)])
        let missed = MissedOutput(of: track, in: [.chunk("a", at: 1), .chunk("b", at: 2), .chunk("c", at: 3)])
        #expect(missed.chunks.map(\.data) == ["c"] && missed.gap == nil)
        let nothing = MissedOutput(of: track, in: [.chunk("b", at: 2)])
        #expect(nothing.chunks.isEmpty && nothing.gap == nil)
    }

    @Test("If the last delivered piece was replaced, all of the ring was missed, and older output is a gap")
    func evicted() throws {
        let track = try Self.track([.output("p", "a", at: 1)])
        let missed = MissedOutput(of: track, in: [.chunk("c", at: 3), .chunk("d", at: 4)])
        #expect(missed.chunks.map(\.data) == ["c", "d"])
        #expect(missed.gap?.cause == .evicted && missed.gap?.certainty == .exact)
    }

    @Test("stdout and stderr are looked at alone")
    func streams() throws {
        let track = try Self.track([.output("p", "o1", at: 1), .output("p", "e1", at: 1, .standardError)])
        let ring: [WorkspaceProcess.Chunk] = [
            .chunk("e1", at: 1, .standardError), .chunk("o1", at: 1), .chunk("e2", at: 2, .standardError),
            .chunk("o2", at: 2),
        ]
        let missed = MissedOutput(of: track, in: ring)
        #expect(missed.chunks.map(\.data) == ["e2", "o2"] && missed.gap == nil)
    }

    @Test("Pieces with the same time and length are counted")
    func equalKeys() throws {
        let track = try Self.track([.output("p", "a", at: 1), .output("p", "b", at: 1)])
        let missed = MissedOutput(of: track, in: [.chunk("a", at: 1), .chunk("b", at: 1), .chunk("c", at: 1)])
        #expect(missed.chunks.map(\.data) == ["c"] && missed.gap == nil)
    }

    @Test("Of a process without delivered output it is not known whether the ring has everything")
    func unheard() throws {
        let track = try Self.track([])
        #expect(MissedOutput(of: track, in: []).gap == nil)
        let missed = MissedOutput(of: track, in: [.chunk("a", at: 1)])
        #expect(missed.chunks.count == 1 && missed.gap?.certainty == .unknown)
    }
}

import MockAgentServer
import Testing
import WorkspaceProtocol

@Suite("Generated events")
struct EventGeneratorTests {
    private static func events(_ count: Int, seed: UInt64) -> [WorkspaceEvent] {
        var generator = EventGenerator(seed: seed)
        return (0..<count).map { _ in generator.next() }
    }

    @Test("The same seed gives the same events, another one others")
    func determinism() {
        #expect(Self.events(500, seed: 3) == Self.events(500, seed: 3))
        #expect(Self.events(500, seed: 3) != Self.events(500, seed: 4))
    }

    @Test("The bytes do not change between machines and versions")
    func fixedBytes() {
        let bytes = Self.events(100, seed: 1).flatMap { WorkspaceEventEncoder().encode($0) }
        // This is FNV-1a.
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        #expect(hash == 4_945_375_342_794_744_415)
    }

    @Test("Messages have 120 to 2000 bytes, about 400 on average", arguments: [1, 2, 3] as [UInt64])
    func sizes(seed: UInt64) {
        let sizes = Self.events(4096, seed: seed).map { WorkspaceEventEncoder().encode($0).count }
        #expect((sizes.min() ?? 0) >= 120)
        #expect((sizes.max() ?? 0) <= 2000)
        #expect((340...460).contains(sizes.reduce(0, +) / sizes.count))
    }

    @Test("Every message is read back equal, and the mix has two repositories and all types that agentctl sends")
    func mix() {
        let events = Self.events(4096, seed: 1)
        #expect(events.allSatisfy { WorkspaceEventDecoder().decode(WorkspaceEventEncoder().encode($0)) == $0 })
        #expect(Set(events.compactMap(\.repositoryName)) == ["web", "api"])
        let types: Set<WorkspaceMessageType> = [
            .processOutput, .processStatus, .shellOutput, .fileChange, .gitStatus, .gitCommit, .gitReset, .branchSwitch,
        ]
        #expect(Set(events.map(\.type)) == types)
    }
}

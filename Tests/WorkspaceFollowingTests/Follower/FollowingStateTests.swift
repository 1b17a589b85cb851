import AgentRuntime
import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("What the consumer of a follower has")
struct FollowingStateTests {
    private static let now = Following.Now(wall: 5, environment: .real(AgentRuntimeConfiguration()))

    /// A follower with a live stream, whose consumer waits.
    private static func live(
        _ configuration: FollowerConfiguration = FollowerConfiguration()
    ) throws -> (following: Following, stream: FollowerMachine.Operation) {
        var following = Following(configuration, position: nil, now: 0)
        var actions = following.step(.start, Self.now)
        while let action = actions.first {
            switch action {
            case .ask(let operation): actions = following.step(.answered(operation, isSame: false), Self.now)
            case .permit(let operation): actions = following.step(.permitted(operation), Self.now)
            case .dial(let operation): actions = following.step(.dialled(operation), Self.now)
            default: actions = []
            }
        }
        while following.take(100) != nil {}
        return (following, try #require(following.machine.stream))
    }

    @Test("A status that was superseded while the consumer waits takes nothing away from the next batch")
    func superseded() throws {
        var (following, stream) = try Self.live()
        let before = following.snapshot.elements
        let events = ["c1", "c2"].map { WorkspaceEvent.status($0) } + [.shell("text")]
        var received = Following.Received(hasRoom: true)
        following.receive(events, bytes: 10, of: stream, Self.now, &received)
        #expect(received.hasRoom)
        let next = following.take(100)
        let batch = try #require(next)
        #expect(batch.takeAll().words == ["event status c2", "event shell text"])
        #expect(following.snapshot.elements == before + 2)
        let last = following.take(100)
        #expect(last == nil)
        #expect(following.snapshot.elements == before + 2)
        #expect(following.snapshot.shell.tail == "text")
        #expect(following.snapshot.repositories[""]?.status.headCommit == "c2")
    }

    @Test("What the queue has dropped does not count as taken before the gap that tells of it")
    func droppedBehindTheConsumer() throws {
        var configuration = FollowerConfiguration()
        (configuration.queue.maximumEvents, configuration.queue.shellOutput) = (4, .dropOldest)
        var (following, stream) = try Self.live(configuration)
        var received = Following.Received()
        following.receive([.shell("first")], bytes: 10, of: stream, Self.now, &received)
        let taken = following.take(100)
        let batch = try #require(taken)
        _ = batch.takeNext()
        for index in 0..<8 { following.receive([.shell("\(index)")], bytes: 10, of: stream, Self.now, &received) }
        #expect(following.position.shell.text == "first")
        #expect(following.counters.droppedOutputs > 0)
        let next = following.take(100)
        let rest = try #require(next).takeAll()
        #expect(rest.words.first == "gap shell queueOverflow")
        #expect(following.position.shell.text == rest.dropFirst().map(\.shellText).joined())
    }
}

extension FollowedElement {
    fileprivate var shellText: String {
        guard case .event(let event) = self, case .shellOutput(let text) = event.content else { return "" }
        return text
    }
}

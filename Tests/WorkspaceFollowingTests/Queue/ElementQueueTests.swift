import Testing
import WorkspaceProtocol

@testable import WorkspaceFollowing

@Suite("The queue of a follower")
struct ElementQueueTests {
    private static func queue(_ change: (inout FollowerQueuePolicy) -> Void = { _ in }) -> ElementQueue {
        var policy = FollowerQueuePolicy()
        change(&policy)
        return ElementQueue(policy)
    }

    /// - Returns: The number of pieces of output that were dropped.
    @discardableResult
    private static func fill(_ queue: inout ElementQueue, _ events: [WorkspaceEvent]) -> Int {
        let before = queue.losses.droppedOutputs
        for event in events { queue.append(event, bytes: 10, now: Gap.Moment(local: 5)) }
        return queue.losses.droppedOutputs - before
    }

    @Test("Elements come out in their order, at most as many as wanted")
    func order() {
        var queue = Self.queue()
        #expect(Self.fill(&queue, (0..<5).map { .shell("\($0)") }) == 0)
        #expect((queue.count, queue.bytes) == (5, 50))
        #expect(queue.take(2).words == ["event shell 0", "event shell 1"])
        #expect((queue.count, queue.bytes) == (3, 30))
        Self.fill(&queue, [.shell("5")])
        #expect(queue.take(9).words == (2...5).map { "event shell \($0)" })
        #expect(queue.isEmpty && queue.bytes == 0 && queue.take(1).isEmpty)
    }

    @Test("A state of the connection is not lost in the place of output that was dropped")
    func statesAfterDrops() {
        var queue = Self.queue { ($0.shellOutput, $0.maximumEvents) = (.dropOldest, 66) }
        for number in 0..<65 { queue.append(.recovered(.shell("\(number)"), by: .shellBuffer)) }
        #expect(Self.fill(&queue, [.shell("a"), .shell("b")]) == 2)
        queue.append(.dialling(attempt: 1))
        queue.append(.gone(.closed))
        #expect(queue.take(99).last == .connection(.gone(.closed)))
    }

    @Test("Only the latest status of each repository waits, in the place of the latest")
    func statuses() {
        var queue = Self.queue()
        Self.fill(
            &queue,
            [.status("a1", of: "a"), .status("b1", of: "b"), .shell("x"), .status("a2", of: "a")]
        )
        #expect(queue.losses.supersededStatuses == 1)
        #expect(queue.take(9).words == ["event status b1", "event shell x", "event status a2"])
        // One that was taken is not replaced.
        Self.fill(&queue, [.status("a3", of: "a")])
        #expect(queue.losses.supersededStatuses == 1)
        #expect(queue.take(9).words == ["event status a3"])
    }

    @Test("Beyond a number, the changes of files of a repository become one refresh")
    func fileChanges() {
        var queue = Self.queue { $0.maximumFileChanges = 3 }
        Self.fill(&queue, (0..<3).map { .change("\($0)", in: "a") } + [.change("other", in: "b")])
        #expect(queue.count == 4)
        Self.fill(&queue, [.change("3", in: "a"), .shell("x"), .change("4", in: "a")])
        #expect(queue.losses.joinedFileChanges == 5)
        #expect(queue.take(9).words == ["event file other", "recovered file refresh", "event shell x"])
        // After the refresh was taken, changes are events again.
        Self.fill(&queue, [.change("5", in: "a")])
        #expect(queue.take(9).words == ["event file 5"])
    }

    @Test("Without a policy that drops, the queue is full, and drops nothing")
    func lossless() {
        var queue = Self.queue { $0.maximumEvents = 3 }
        #expect(Self.fill(&queue, (0..<5).map { .shell("\($0)") }) == 0)
        #expect(queue.isFull && queue.count == 5)
        _ = queue.take(3)
        #expect(!queue.isFull && !queue.hasRoom)
        _ = queue.take(1)
        #expect(queue.hasRoom)
    }

    @Test("The oldest output is dropped, and a gap in its place counts it")
    func dropOldest() {
        var queue = Self.queue {
            $0.maximumEvents = 4
            ($0.shellOutput, $0.processOutput) = (.dropOldest, .dropOldest)
        }
        var dropped = Self.fill(&queue, [.process("p", .running), .shell("0"), .output("p", "1", at: 1), .shell("2")])
        #expect(dropped > 0)
        dropped += Self.fill(&queue, [.shell("3"), .shell("4")])
        let taken = queue.take(99)
        // Nothing is out of order, every dropped piece is counted, and the process status is there.
        #expect(taken.words.first == "event process p running")
        let counted = taken.gaps.reduce(0) { $0 + ($1.droppedEvents ?? 0) }
        #expect(counted == dropped && queue.losses.droppedOutputs == dropped)
        #expect(taken.gaps.allSatisfy { $0.cause == .queueOverflow })
        let shells = taken.words.filter { $0.hasPrefix("event shell") }
        #expect(shells == shells.sorted())
    }

    @Test("A consumer that stops for an hour costs bounded memory under every policy", arguments: [true, false])
    func bounded(drops: Bool) {
        var queue = Self.queue {
            ($0.maximumEvents, $0.maximumBytes, $0.maximumFileChanges) = (100, 10_000, 10)
            if drops { ($0.shellOutput, $0.processOutput) = (.dropOldest, .dropOldest) }
        }
        var stops = 0
        for index in 0..<10_000 {
            guard !queue.isFull else {
                stops += 1
                continue
            }
            let events: [WorkspaceEvent] = [
                .shell("\(index)"), .output("p\(index % 7)", "x", at: index), .change("\(index)", in: "r"),
                .status("\(index)", of: "r\(index % 3)"),
            ]
            Self.fill(&queue, [events[index % 4]])
        }
        #expect(queue.count <= 110)
        #expect(drops == (stops == 0))
    }
}

import TestSupport
import Testing

@testable import ConcurrencyPrimitives

@Suite("The mailbox of batches", .timeLimit(.minutes(1)))
struct BatchMailboxTests {
    private typealias Mailbox = BatchMailbox<[Int]>

    private struct Failure: Error {}

    private static func mailbox(
        bytes: Int = 100,
        elements: Int = 100,
        lowShare: Double = 0.5,
        onRoom: Counter = Counter()
    ) -> BatchMailbox<[Int]> {
        BatchMailbox(highMark: .init(bytes: bytes, elements: elements), lowShare: lowShare) { onRoom.increment() }
    }

    private func cost(_ bytes: Int, _ elements: Int = 1) -> BatchMailbox<[Int]>.Cost {
        .init(bytes: bytes, elements: elements)
    }

    private func value(_ next: BatchMailbox<[Int]>.Next) -> [Int]? {
        if case .batch(let batch) = next { batch } else { nil }
    }

    @Test("Batches come out in the order they went in")
    func order() async {
        let mailbox = Self.mailbox()
        for number in 0..<300 { mailbox.push([number], cost: self.cost(0, 0)) }
        for number in 0..<300 { #expect(self.value(await mailbox.next()) == [number]) }
        #expect(mailbox.queued == self.cost(0, 0))
    }

    @Test("The producer should stop at the high mark of either kind, not before")
    func highMark() {
        for high in [self.cost(100, 0), self.cost(0, 100)] {
            let mailbox = Self.mailbox()
            #expect(mailbox.push([1], cost: self.cost(high.bytes * 99 / 100, high.elements * 99 / 100)))
            #expect(!mailbox.isOverHighMark)
            #expect(!mailbox.push([2], cost: self.cost(high.bytes / 100, high.elements / 100)))
            #expect(mailbox.isOverHighMark)
        }
    }

    @Test("onRoom is called once, when both kinds are at the low mark, not before")
    func lowMark() async {
        let onRoom = Counter()
        let mailbox = Self.mailbox(onRoom: onRoom)
        for number in 0..<10 { mailbox.push([number], cost: self.cost(10, 1)) }
        #expect(mailbox.isOverHighMark)
        for left in (0..<10).reversed() {
            _ = await mailbox.next()
            #expect(onRoom.value == (left <= 5 ? 1 : 0))
        }
        mailbox.push([0], cost: self.cost(10))
        _ = await mailbox.next()
        #expect(onRoom.value == 1)
    }

    @Test("What is queued is given out before the end, and the end again and again")
    func finish() async {
        let mailbox = Self.mailbox()
        mailbox.push([1], cost: self.cost(1))
        mailbox.finish(Failure())
        mailbox.finish(nil)
        mailbox.push([2], cost: self.cost(1))
        #expect(self.value(await mailbox.next()) == [1])
        for _ in 0..<2 {
            guard case .finished(let error) = await mailbox.next() else { return #expect(Bool(false), "no end") }
            #expect(error is Failure)
        }
    }

    @Test("A batch given back comes first, also when its consumer waits already")
    func giveBack() async {
        let mailbox = Self.mailbox()
        mailbox.push([1, 2], cost: self.cost(2))
        mailbox.push([3], cost: self.cost(1))
        _ = await mailbox.next()
        mailbox.stopConsuming(givingBack: ([2], self.cost(1)))
        #expect(self.value(await mailbox.next()) == [2])
        #expect(self.value(await mailbox.next()) == [3])
        async let waiting = mailbox.next()
        mailbox.stopConsuming(givingBack: ([4], self.cost(1)))
        #expect(self.value(await waiting) == [4])
        #expect(mailbox.queued == self.cost(0, 0))
    }

    @Test("A batch given back comes before one that is on its way to who waited")
    func givesBackBeforeWhatWasHandedOver() {
        let settings = Mailbox.Settings(highMark: self.cost(100), lowMark: self.cost(50), onRoom: {}, onDrained: {})
        var state = Mailbox.State(settings: settings)
        state.handedOver = [2]
        state.append([3], cost: self.cost(10))
        state.putBack([1], cost: self.cost(20))
        #expect(state.queued == self.cost(30, 2))
        for number in 1...3 { #expect(state.pop() == [number]) }
        #expect(state.pop() == nil && state.queued == self.cost(0, 0))
    }

    @Test("Who gives back to a task that waits leaves it consuming: nothing is drained until that one is through")
    func givesBackWhileDrainedIsWanted() async {
        let onDrained = Counter()
        let mailbox = BatchMailbox<[Int]>(
            highMark: self.cost(10),
            lowShare: 0.5,
            onRoom: {},
            onDrained: { onDrained.increment() }
        )
        mailbox.push([1, 2], cost: self.cost(2))
        _ = await mailbox.next()
        let second = Task { await mailbox.next() }
        while !mailbox.isAwaited { await Task.yield() }
        // The mailbox thinks that the first task wants the next batch; but the task stops and gives a message back.
        mailbox.stopConsuming(givingBack: ([2], self.cost(1)))
        #expect(self.value(await second.value) == [2])
        #expect(mailbox.notifyWhenDrained() == .underWay)
        #expect(onDrained.value == 0)
        mailbox.stopConsuming()
        #expect(onDrained.value == 1)
    }

    private final class Batch: Sendable {}

    @Test("What was taken is freed by whom took it, however much is still queued")
    func freesWhatWasTaken() async {
        let mailbox = BatchMailbox<Batch>(highMark: .init(bytes: 100, elements: 100), lowShare: 0.5, onRoom: {})
        weak var first: Batch?
        do {
            let batch = Batch()
            first = batch
            mailbox.push(batch, cost: .init(bytes: 1, elements: 1))
        }
        for _ in 0..<5 { mailbox.push(Batch(), cost: .init(bytes: 1, elements: 1)) }
        #expect(first != nil)
        _ = await mailbox.next()
        #expect(first == nil)
        #expect(mailbox.queued == .init(bytes: 5, elements: 5))
    }

    @Test("A second task that waits is told so, and the first still gets its batch")
    func busy() async throws {
        let mailbox = Self.mailbox()
        let first = self.consumer(mailbox)
        try await eventually("a waiting consumer") { mailbox.isAwaited }
        guard case .busy = await mailbox.next() else { return #expect(Bool(false), "not told") }
        mailbox.push([1], cost: self.cost(1))
        #expect(self.value(await first.value) == [1])
    }

    @Test("A task that is cancelled is told that, and not that another one waits")
    func cancelledWhileAnotherWaits() async throws {
        let mailbox = Self.mailbox()
        let first = Task { await mailbox.next() }
        try await eventually("a waiting consumer") { mailbox.isAwaited }
        let second = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await mailbox.next()
        }
        guard case .cancelled = await second.value else { return #expect(Bool(false), "not cancelled") }
        mailbox.push([1], cost: self.cost(1))
        #expect(self.value(await first.value) == [1])
    }

    @Test("A task that is cancelled behind a batch consumes no more, also when there is something by then")
    func cancelledWhileThereIsMore() async {
        let mailbox = Self.mailbox()
        mailbox.push([1], cost: self.cost(1))
        _ = mailbox.takeReady()
        mailbox.push([2], cost: self.cost(1))
        let wake = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await mailbox.wait(1)
        }.value
        guard case .cancelled = wake else { return #expect(Bool(false), "not cancelled") }
        guard case .idle = mailbox.notifyWhenDrained() else { return #expect(Bool(false), "still consuming") }
        #expect(self.value(await mailbox.next()) == [2])
    }

    /// A task that gets the next batch; it tries again while another task waits.
    private func consumer(_ mailbox: BatchMailbox<[Int]>) -> Task<BatchMailbox<[Int]>.Next, Never> {
        Task {
            while true {
                let next = await mailbox.next()
                guard case .busy = next else { return next }
                await Task.yield()
            }
        }
    }

    @Test("Cancelling a task never ends another task's wait")
    func cancelsOnlyItself() async throws {
        let mailbox = Self.mailbox()
        let first = self.consumer(mailbox)
        try await eventually("a waiting consumer") { mailbox.isAwaited }
        for _ in 0..<50 {
            let other = Task { await mailbox.next() }
            other.cancel()
            switch await other.value {
            case .busy, .cancelled: continue
            default: return #expect(Bool(false), "neither busy nor cancelled")
            }
        }
        mailbox.push([1], cost: self.cost(1))
        #expect(self.value(await first.value) == [1])
    }

    @Test("A late cancellation of a task that was served does not end the next task's wait")
    func lateCancellation() async throws {
        for round in 0..<300 {
            let mailbox = Self.mailbox()
            let first = self.consumer(mailbox)
            try await eventually("a waiting consumer") { mailbox.isAwaited }
            let second = self.consumer(mailbox)
            mailbox.push([1], cost: self.cost(1))
            first.cancel()
            mailbox.push([2], cost: self.cost(1))
            let firstBatch = self.value(await first.value)
            if firstBatch == nil { mailbox.push([3], cost: self.cost(1)) }
            #expect(self.value(await second.value) != nil, "round \(round)")
        }
    }

    @Test("Cancelling the wait loses nothing")
    func cancelled() async {
        let mailbox = Self.mailbox()
        let waiting = Task { await mailbox.next() }
        waiting.cancel()
        guard case .cancelled = await waiting.value else { return #expect(Bool(false), "not cancelled") }
        mailbox.push([1], cost: self.cost(1))
        #expect(self.value(await mailbox.next()) == [1])
    }

    @Test("The end resumes who waits")
    func finishWhileWaiting() async throws {
        let mailbox = Self.mailbox()
        let waiting = self.consumer(mailbox)
        try await eventually("a waiting consumer") { mailbox.isAwaited }
        mailbox.finish(Failure())
        guard case .finished(let error) = await waiting.value else { return #expect(Bool(false), "no end") }
        #expect(error is Failure)
    }

    @Test("Under stress, every batch comes out exactly once and in order, whatever is cancelled")
    func stress() async throws {
        let count = 20_000
        let mailbox = Self.mailbox(bytes: 1_000_000, elements: 1_000_000)
        let producer = Task {
            for number in 0..<count {
                mailbox.push([number], cost: self.cost(1))
                if number.isMultiple(of: 64) { await Task.yield() }
            }
            mailbox.finish()
        }
        var received: [Int] = []
        var isFinished = false
        var cancellations = 0
        while !isFinished {
            let consumer = Task { await mailbox.next() }
            if received.count.isMultiple(of: 3) { consumer.cancel() }
            switch await consumer.value {
            case .batch(let batch): received += batch
            case .finished: isFinished = true
            case .cancelled: cancellations += 1
            case .busy: #expect(Bool(false), "there is one consumer")
            }
        }
        await producer.value
        #expect(received == Array(0..<count))
    }
}

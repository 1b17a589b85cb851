import Testing

@testable import AgentRuntime

@Suite("Which pong answers which ping")
struct PingOrderTests {
    /// Pings and pongs with a clock of whole seconds; each step takes one second.
    private final class Talk {
        var order = PingOrder(maximumAge: .seconds(1000))
        var now = 0
        var messages = 0

        func beginMarker() -> Bool { self.order.beginMarker() }
        func allowsSending() -> Bool { self.order.allowsSending(now: .seconds(self.now)) }

        func send(_ id: UInt64) {
            self.now += 1
            self.order.sends(id, begunAt: .seconds(self.now), now: .seconds(self.now))
            self.order.queued(id)
        }

        /// - Returns: The pings that were answered, and their seconds.
        func pong() -> [UInt64: Int] {
            self.now += 1
            self.messages += 1
            return Self.told(self.order.receivedPong(message: self.messages, now: .seconds(self.now)))
        }

        func settle() -> [UInt64: Int] {
            self.now += 1
            return Self.told(self.order.settle())
        }

        func timeOut(_ id: UInt64) -> [UInt64: Int] {
            self.now += 1
            return Self.told(self.order.timedOut(id))
        }

        /// Sends a marker and its answer.
        func passMarker() {
            guard self.order.beginMarker() else { return }
            self.order.markerAnswered(after: self.messages)
        }

        private static func told(_ answered: [PingOrder.Answered]) -> [UInt64: Int] {
            [UInt64: Int](uniqueKeysWithValues: answered.map { ($0.id, Int($0.roundTrip.components.seconds)) })
        }
    }

    @Test("Pongs answer pings in their order")
    func inOrder() {
        let talk = Talk()
        for id in 1...3 { talk.send(UInt64(id)) }
        #expect([talk.pong(), talk.pong(), talk.pong(), talk.pong()] == [[1: 3], [2: 3], [3: 3], [:]])
    }

    @Test("A late pong answers nobody; the next one answers the waiting ping")
    func late() {
        let talk = Talk()
        talk.send(1)
        #expect(talk.timeOut(1) == [:])
        talk.send(2)
        #expect(talk.pong() == [:])
        #expect(talk.pong() == [2: 2])
        #expect(talk.order.count == 0)
    }

    @Test("A server that is past a ping has lost its pong: the next pong is, after some patience, the next ping's")
    func lost() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        talk.passMarker()
        talk.send(2)
        #expect(talk.pong() == [:])
        #expect(talk.order.isInDoubt)
        #expect(talk.settle() == [2: 1])
        #expect(!talk.order.isInDoubt)
        #expect(talk.order.count == 0)
        talk.send(3)
        #expect(talk.pong() == [3: 1])
    }

    @Test(
        "A server that answers markers sooner than pings loses nothing by it: the second pong answers the second ping"
    )
    func lateBehindTheMarker() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        talk.passMarker()
        talk.send(2)
        #expect(talk.pong() == [:])
        #expect(talk.pong() == [2: 2])
        #expect(!talk.order.isInDoubt)
        #expect(talk.order.count == 0)
    }

    @Test("After a lost pong, all waiting pings are answered")
    func severalBehindALostOne() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        talk.passMarker()
        for id in 2...4 { talk.send(UInt64(id)) }
        var told = talk.pong()
        for _ in 0..<2 { told.merge(talk.pong()) { first, _ in first } }
        told.merge(talk.settle()) { first, _ in first }
        #expect(Set(told.keys) == [2, 3, 4])
        #expect(talk.order.count == 0)
    }

    @Test("A ping with an uncertain pong is answered when its time is over")
    func doubtEndsWithTheTime() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        talk.passMarker()
        talk.send(2)
        _ = talk.pong()
        #expect(talk.timeOut(2) == [2: 1])
        #expect(talk.order.count == 0)
    }

    @Test("A pong that came before the marker's answer belongs to the owed ping, even if it is processed late")
    func looksAtMessagesLate() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        #expect(talk.beginMarker())
        #expect(!talk.beginMarker())
        // The pong was the first message, and the answer to the marker came after it.
        talk.order.markerAnswered(after: 1)
        talk.send(2)
        #expect(talk.pong() == [:])
        #expect(!talk.order.isInDoubt)
        #expect(talk.pong() == [2: 2])
    }

    @Test("Without any marker one lost pong costs one ping more, not all of them")
    func healsWithoutMarkers() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        talk.send(2)
        #expect(talk.pong() == [:])
        #expect(talk.timeOut(2) == [:])
        for id in 3...5 {
            talk.send(UInt64(id))
            var told = talk.pong()
            told.merge(talk.settle()) { first, _ in first }
            #expect(told == [UInt64(id): 1])
        }
        #expect(talk.order.count == 0)
    }

    @Test("A ping that gives up leaves no pong that counts as another ping's answer")
    func givesUpInDoubt() {
        let talk = Talk()
        talk.send(1)
        _ = talk.timeOut(1)
        talk.passMarker()
        talk.send(2)
        _ = talk.pong()
        talk.order.stopsWaiting(2)
        #expect(!talk.order.isInDoubt)
        talk.send(3)
        #expect(talk.pong() == [:])
        #expect(talk.pong() == [3: 2])
    }

    @Test("An old ping is not owed its answer for ever, and no more than the limit are kept")
    func forgets() {
        let talk = Talk()
        for id in 1...1000 {
            talk.send(UInt64(id))
            _ = talk.timeOut(UInt64(id))
            #expect(talk.order.count <= PingOrder.maximumUnanswered)
        }
        #expect(!talk.allowsSending())
        talk.now += 10_000
        #expect(talk.allowsSending())
        talk.send(2000)
        var told = talk.pong()
        told.merge(talk.settle()) { first, _ in first }
        #expect(told == [2000: 1])
    }

    @Test("A ping that was not sent after all is owed nothing")
    func withdrawn() {
        let talk = Talk()
        talk.send(1)
        talk.send(2)
        talk.order.withdraw(1)
        #expect(talk.pong() == [2: 1])
    }
}

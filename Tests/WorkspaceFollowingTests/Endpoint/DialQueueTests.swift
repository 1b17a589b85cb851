import TestSupport
import Testing

@testable import WorkspaceFollowing

@Suite("The queue of dials")
struct DialQueueTests {
    /// What a test knows of the wishes, without the queue.
    private struct Model {
        var queue: DialQueue
        let maximumDials: Int
        let interval: Duration
        var now = Duration.zero
        /// The wishes that wait, in their order.
        var waiting: [(id: Int, authority: String)] = []
        var active = 0
        var largestActive = 0
        /// When each authority was dialled last.
        var last: [String: Duration] = [:]
        /// When the queue wants to be asked again.
        var again: Duration?
        var granted = 0

        init(maximumDials: Int, perSecond: Int) {
            self.queue = DialQueue(maximumDials: maximumDials, perSecond: perSecond)
            (self.maximumDials, self.interval) = (maximumDials, .seconds(1) / perSecond)
        }

        mutating func grant(_ random: inout SplitMix64) {
            var draws = random
            let (ids, again) = self.queue.grant(now: self.now) { Double(draws.next() >> 11) / Double(1 << 53) }
            random = draws
            self.again = again.map { self.now + $0 }
            for id in ids {
                guard let index = self.waiting.firstIndex(where: { $0.id == id }) else {
                    Issue.record("\(id) was granted, and does not wait")
                    return
                }
                let authority = self.waiting[index].authority
                // First come, first served, among the wishes for one authority.
                #expect(!self.waiting[..<index].contains { $0.authority == authority })
                if let last = self.last[authority] { #expect(self.now - last >= self.interval) }
                self.last[authority] = self.now
                self.waiting.remove(at: index)
                self.active += 1
                self.granted += 1
            }
            self.largestActive = max(self.largestActive, self.active)
            #expect(self.active <= self.maximumDials)
            self.checkWake()
        }

        /// No wish waits without a reason: either all dials are taken, or its authority was dialled, and the queue says
        /// when to ask again.
        private func checkWake() {
            guard !self.waiting.isEmpty, self.active < self.maximumDials else { return }
            guard let again = self.again else {
                Issue.record("\(self.waiting.count) wait, and nobody asks again")
                return
            }
            #expect(again > self.now)
            for authority in Set(self.waiting.map(\.authority)) {
                // A pause is at most half as long again.
                guard let last = self.last[authority] else {
                    Issue.record("\(authority) was never dialled, and waits")
                    return
                }
                #expect(last + self.interval * 1.5 > self.now)
                #expect(again <= last + self.interval * 1.5)
            }
        }
    }

    @Test("Any order of wishes and ends: the bounds hold, the order is kept, nobody is forgotten", arguments: 0..<300)
    func anyOrder(seed: Int) {
        var random = SplitMix64(seed: UInt64(seed))
        func draw(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
        var model = Model(maximumDials: 1 + draw(5), perSecond: 1 + draw(60))
        let authorities = (0...draw(3)).map { "host-\($0)" }
        for _ in 0..<200 {
            switch draw(10) {
            case 0..<4:
                let authority = authorities[draw(authorities.count)]
                model.waiting.append((model.queue.add(authority), authority))
            case 4 where !model.waiting.isEmpty:
                let index = draw(model.waiting.count)
                let id = model.waiting.remove(at: index).id
                // It can't be taken back twice.
                let removals = [model.queue.remove(id), model.queue.remove(id)]
                #expect(removals == [true, false])
            case 5..<8 where model.active > 0:
                model.queue.release()
                model.active -= 1
            case 8: model.now += .milliseconds(draw(40))
            default: if let again = model.again { model.now = max(model.now, again) }
            }
            model.grant(&random)
        }
        // Everybody comes to the turn in the end.
        var rounds = 0
        while !model.waiting.isEmpty, rounds < 2000 {
            rounds += 1
            if model.active > 0 {
                model.queue.release()
                model.active -= 1
            } else if let again = model.again {
                model.now = max(model.now, again)
            }
            model.grant(&random)
        }
        #expect(model.waiting.isEmpty)
        while model.active > 0 {
            model.queue.release()
            model.active -= 1
        }
        #expect(model.queue.isIdle)
    }

    @Test("A wish that was granted can't be taken back")
    func grantedStays() {
        var queue = DialQueue(maximumDials: 1, perSecond: 50)
        let id = queue.add("a")
        let granted = queue.grant(now: .zero) { 0 }.ids
        #expect(granted == [id])
        let isTakenBack = queue.remove(id)
        #expect(!isTakenBack)
        queue.release()
        #expect(queue.isIdle)
    }

    @Test("An authority that must wait does not hold up another one")
    func authoritiesAreApart() {
        var queue = DialQueue(maximumDials: 10, perSecond: 50)
        let ids = ["a", "a", "a", "b"].map { queue.add($0) }
        let (granted, again) = queue.grant(now: .zero) { 0.5 }
        #expect(granted == [ids[0], ids[3]])
        // 20 ms, and half of a half more.
        #expect(again == .milliseconds(25))
        let early = queue.grant(now: .milliseconds(24)) { 0 }.ids
        #expect(early.isEmpty)
        let second = queue.grant(now: .milliseconds(25)) { 0 }.ids
        #expect(second == [ids[1]])
        let third = queue.grant(now: .milliseconds(45)) { 0 }.ids
        #expect(third == [ids[2]])
    }

    @Test("While all dials are taken, only a release can help, so no timer is wanted")
    func full() {
        var queue = DialQueue(maximumDials: 1, perSecond: 50)
        let ids = [queue.add("a"), queue.add("a")]
        let (granted, again) = queue.grant(now: .zero) { 0 }
        #expect(granted == [ids[0]])
        #expect(again == nil)
        queue.release()
        let pause = queue.grant(now: .zero) { 0 }.again
        #expect(pause == .milliseconds(20))
        let second = queue.grant(now: .milliseconds(20)) { 0 }.ids
        #expect(second == [ids[1]])
    }
}

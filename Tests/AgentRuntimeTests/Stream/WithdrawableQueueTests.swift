import TestSupport
import Testing

@testable import AgentRuntime

@Suite("A queue from which can be taken back")
struct WithdrawableQueueTests {
    @Test("It is as a list from which elements are removed, whatever is done to it")
    func isAList() {
        var random = SplitMix64(seed: 7)
        var queue = WithdrawableQueue<Int>()
        var list: [(number: UInt64, element: Int)] = []
        for step in 0..<20_000 {
            switch random.next() % 8 {
            case 0...3: list.append((queue.append(step), step))
            case 4, 5:
                let number = list.isEmpty ? random.next() % 100 : list[Int(random.next() % UInt64(list.count))].number
                let expected = list.first { $0.number == number }?.element
                list.removeAll { $0.number == number }
                let withdrawn = (queue.withdraw(number), queue.withdraw(number))
                #expect(withdrawn == (expected, nil))
            case 6:
                let first = queue.popFirst()
                #expect(first == (list.isEmpty ? nil : list.removeFirst().element))
            default:
                guard random.next() % 64 == 0 else { continue }
                let kept = Int(random.next() % 4)
                let dropped = queue.dropAll(butFirst: kept)
                #expect(dropped == list.dropFirst(kept).map(\.element))
                list = Array(list.prefix(kept))
            }
            #expect(queue.count == list.count)
        }
    }

    @Test("A hundred thousand that are taken back from behind one that stays take little time, and no room")
    func withdrawsQuickly() {
        var queue = WithdrawableQueue<Int>()
        _ = queue.append(0)
        for element in 1...100_000 {
            let number = queue.append(element)
            if queue.withdraw(number) != element { Issue.record("\(element) was not there") }
        }
        let numbers = (1...100_000).map { queue.append($0) }
        for number in numbers { _ = queue.withdraw(number) }
        #expect(queue.count == 1)
        let first = queue.popFirst()
        #expect(first == 0)
    }
}

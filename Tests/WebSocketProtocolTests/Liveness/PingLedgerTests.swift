import Testing

@testable import WebSocketProtocol

@Suite("The Pings on their way")
struct PingLedgerTests {
    private func ledger(_ count: Int) -> (ledger: PingLedger, payloads: [[UInt8]]) {
        var ledger = PingLedger(firstID: .max - 1)
        let payloads = (0..<count).map { _ in ledger.begin().payload }
        return (ledger, payloads)
    }

    private func answered(_ ledger: inout PingLedger, _ payload: [UInt8], at seconds: Int) -> [PingLedger.ID] {
        ledger.receivedPong(payload, now: .seconds(seconds)).map(\.id)
    }

    @Test("Each Ping has its own number, eight bytes, also where the numbers wrap")
    func payloads() {
        let (_, payloads) = self.ledger(4)
        #expect(payloads[0] == [255, 255, 255, 255, 255, 255, 255, 254])
        #expect(payloads[2] == [0, 0, 0, 0, 0, 0, 0, 0])
        #expect(Set(payloads).count == 4)
    }

    @Test("A Pong answers its Ping and every older one, once")
    func answersOlder() {
        var (ledger, payloads) = self.ledger(4)
        #expect(self.answered(&ledger, payloads[1], at: 1) == [.max - 1, .max])
        #expect(self.answered(&ledger, payloads[1], at: 2) == [])
        #expect(self.answered(&ledger, payloads[0], at: 2) == [])
        #expect(self.answered(&ledger, payloads[3], at: 3) == [0, 1])
    }

    @Test("A round trip begins when its Ping is handed to the system")
    func roundTrip() {
        var (ledger, payloads) = self.ledger(3)
        ledger.flushed(through: .max, now: .seconds(10))
        ledger.flushed(through: 0, now: .seconds(12))
        let answered = ledger.receivedPong(payloads[2], now: .seconds(15))
        #expect(answered.map(\.roundTrip) == [.seconds(5), .seconds(5), .seconds(3)])
    }

    @Test("An answer to a Ping that was never handed to the system has no round trip")
    func notFlushed() {
        var (ledger, payloads) = self.ledger(1)
        #expect(ledger.receivedPong(payloads[0], now: .seconds(9)).map(\.roundTrip) == [.zero])
    }

    @Test(
        "What matches nothing is ignored",
        arguments: [[], [1], [UInt8](repeating: 7, count: 8), [UInt8](repeating: 7, count: 125)]
    )
    func unknown(payload: [UInt8]) {
        var (ledger, payloads) = self.ledger(2)
        #expect(self.answered(&ledger, payload, at: 1) == [])
        #expect(self.answered(&ledger, payloads[0], at: 1) == [.max - 1])
    }

    @Test("A Ping that was forgotten is not answered; its neighbours are")
    func forget() {
        var (ledger, payloads) = self.ledger(3)
        ledger.forget(.max)
        #expect(self.answered(&ledger, payloads[1], at: 1) == [])
        #expect(self.answered(&ledger, payloads[2], at: 1) == [.max - 1, 0])
    }

    @Test("A Ping is queued until it was handed to the system")
    func isQueued() {
        var ledger = PingLedger(firstID: 7)
        let first = ledger.begin().id
        #expect(ledger.isQueued(first))
        ledger.flushed(through: first, now: .seconds(1))
        let second = ledger.begin().id
        #expect(!ledger.isQueued(first))
        #expect(ledger.isQueued(second))
        ledger.forget(second)
        #expect(!ledger.isQueued(second))
    }
}

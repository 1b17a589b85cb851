import NIOCore
import TestSupport
import Testing
import WebSocketProtocol

@testable import AgentRuntime

@Suite("The answers on one control connection, as a pure value")
struct ControlExchangeTests {
    /// What the value said, for comparison.
    private enum Said: Equatable {
        case wait
        case answered(status: Int, body: String, isWhole: Bool, keeps: Bool)
        case failed
        case tooLarge
        case unsolicited

        init(_ action: ControlExchange.OnPart) {
            switch action {
            case .wait: self = .wait
            case .answered(let answer, let keeps):
                let body = String(buffer: answer.body)
                self = .answered(status: answer.status, body: body, isWhole: answer.isBodyComplete, keeps: keeps)
            case .failed(.tooLarge): self = .tooLarge
            case .failed: self = .failed
            case .unsolicited: self = .unsolicited
            }
        }
    }

    private func head(_ status: Int, _ fields: HTTPFields = [:], keeps: Bool = true) -> (inout ControlExchange) -> Said
    {
        { Said($0.receivedHead(status: status, fields: fields, keepsConnection: keeps)) }
    }

    private func body(_ text: String) -> (inout ControlExchange) -> Said {
        { Said($0.receivedBody(ByteBuffer(string: text))) }
    }

    private let end: (inout ControlExchange) -> Said = { Said($0.receivedEnd()) }

    private func begun(success: Int = 4, refusal: Int = 2) -> ControlExchange {
        var exchange = ControlExchange()
        exchange.begin(ControlLimits(successBytes: success, refusalBytes: refusal))
        return exchange
    }

    @Test("Head, body and end are an answer, after which the next request can be sent")
    func answer() {
        var exchange = self.begun()
        #expect(!exchange.isIdle && !exchange.hasBegun)
        #expect(self.head(200)(&exchange) == .wait && exchange.hasBegun)
        #expect(self.body("ab")(&exchange) == .wait && self.body("cd")(&exchange) == .wait)
        #expect(self.end(&exchange) == .answered(status: 200, body: "abcd", isWhole: true, keeps: true))
        #expect(exchange.isIdle && !exchange.hasBegun)
    }

    @Test("An answer whose connection ends is complete, and nothing can be sent after it")
    func lastAnswer() {
        var exchange = self.begun()
        _ = self.head(204, keeps: false)(&exchange)
        #expect(self.end(&exchange) == .answered(status: 204, body: "", isWhole: true, keeps: false))
        #expect(!exchange.isIdle)
    }

    @Test("A success over the limit fails, at its head or at the byte that is too much")
    func tooLarge() {
        var announced = self.begun()
        #expect(self.head(200, ["Content-Length": "5"])(&announced) == .tooLarge && !announced.isIdle)
        var streamed = self.begun()
        _ = self.head(200)(&streamed)
        #expect(self.body("abcd")(&streamed) == .wait && self.body("e")(&streamed) == .tooLarge)
        var exact = self.begun()
        #expect(self.head(200, ["Content-Length": "4"])(&exact) == .wait)
    }

    @Test("A refusal over the limit is answered with its beginning, and the rest is ignored")
    func cut() {
        var exchange = self.begun()
        #expect(self.head(500, ["Content-Length": "9"])(&exchange) == .wait)
        #expect(self.body("a")(&exchange) == .wait)
        #expect(self.body("bcd")(&exchange) == .answered(status: 500, body: "ab", isWhole: false, keeps: false))
        #expect(self.body("e")(&exchange) == .wait && self.end(&exchange) == .wait && !exchange.isIdle)
        var nothing = self.begun(refusal: 0)
        _ = self.head(500)(&nothing)
        #expect(self.body("a")(&nothing) == .answered(status: 500, body: "", isWhole: false, keeps: false))
    }

    @Test("Parts that nobody asked for end the connection, and so does a switch of protocols")
    func unsolicited() {
        for part in [self.head(200), self.body("a"), self.end] {
            var exchange = ControlExchange()
            #expect(part(&exchange) == .unsolicited && !exchange.isIdle)
            #expect(part(&exchange) == .wait)
        }
        var twice = self.begun()
        _ = self.head(200)(&twice)
        #expect(self.head(200)(&twice) == .unsolicited)
        var switched = self.begun()
        #expect(self.head(101)(&switched) == .failed)
    }

    @Test("After the connection is lost, nothing counts")
    func lost() {
        var exchange = self.begun()
        exchange.lost()
        #expect(self.head(200)(&exchange) == .wait && self.end(&exchange) == .wait && !exchange.isIdle)
    }
}

@Suite("One control call: what ends it first")
struct ControlCallTests {
    @Test("Only the first end counts, and tells the current step once")
    func firstEnd() {
        let call = ControlCall()
        let told = Counter()
        call.begin(.connecting)
        call.onEnd { told.increment() }
        call.end(.timedOut)
        call.end(.cancelled)
        #expect(call.end == .timedOut && told.value == 1)
        call.begin(.exchanging)
        #expect(call.step == .connecting)
        // A step that begins after the end is told at once.
        call.onEnd { told.increment() }
        #expect(told.value == 2)
    }

    @Test("A step that is over is not told")
    func overStep() {
        let call = ControlCall()
        let told = Counter()
        call.onEnd { told.increment() }
        call.onEnd(nil)
        call.end(.closed)
        #expect(told.value == 0 && call.end == .closed)
    }
}

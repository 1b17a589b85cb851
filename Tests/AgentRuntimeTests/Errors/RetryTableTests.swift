import Testing
import WebSocketProtocol

@testable import AgentRuntime
@testable import WebSocketTransport

@Suite("Whether trying again can help: docs/ERRORS.md, row by row")
struct RetryTableTests {
    private let table: RetryTable

    init() throws { self.table = try RetryTable() }

    @Test("Each code of each error has a row, and does what the row says", arguments: allCodes)
    func codes(code: (name: String, retry: RetryAdvice)) {
        let row = self.table.codes[code.name]
        #expect(row == code.retry.name || row?.hasPrefix("\(code.retry.name);") == true, "\(code.name)")
    }

    @Test("The codes without fixed advice are named, and every row is about a real code")
    func special() {
        let byStatus = ["refused", "upgradeRefused"].map { self.table.codes[$0] }
        #expect(byStatus == ["by the status", "by the status"])
        #expect(self.table.codes["proxyRefused"]?.hasPrefix("by the status; SOCKS replies 1, 3 to 6: backOff;") == true)
        #expect(self.table.codes["protocolViolation"]?.hasPrefix("backOff on an open connection, but never") == true)
        let known = Set(allCodes.map(\.name) + specialCodes)
        #expect(Set(self.table.codes.keys) == known)
    }

    @Test("Each status does what the row with it says")
    func statuses() {
        for status in 100...999 {
            #expect(RetryAdvice(httpStatus: status).name == self.table.statuses[status], "\(status)")
        }
        #expect(self.table.statuses.count == 900)
    }

    @Test("Each close code that can come does what the row with it says")
    func closeCodes() {
        var count = 0
        for number in UInt16(0)...5000 {
            let code = CloseCode(rawValue: number)
            guard code.isValidOnTheWire, !(4400...4599).contains(number) else { continue }
            #expect(RetryAdvice(closeCode: code).name == self.table.closeCodes[Int(number)], "\(number)")
            count += 1
        }
        #expect(RetryAdvice(closeCode: nil) == .never)
        #expect(self.table.closeCodes.count == count)
        for number in 4400...4599 {
            let code = CloseCode(rawValue: UInt16(number))
            #expect(RetryAdvice(closeCode: code) == RetryAdvice(httpStatus: number - 4000), "\(number)")
        }
    }

    @Test("Retry-After counts where trying again can help, and nowhere else")
    func retryAfter() {
        #expect(RetryAdvice(httpStatus: 503, retryAfter: .seconds(7)) == .after(.seconds(7)))
        #expect(RetryAdvice(httpStatus: 429, retryAfter: .zero) == .after(.zero))
        #expect(RetryAdvice(httpStatus: 403, retryAfter: .seconds(7)) == .never)
        #expect(RetryAdvice.after(.seconds(7)).description == "after \(Duration.seconds(7))")
    }

    @Test("Replies of a SOCKS proxy, and its view of our credentials, say whether asking it again can help")
    func socks() {
        let passing = (UInt8(1)...9).filter { ProxyRefusal.socks(reply: $0).retry(after: nil).canHelp }
        #expect(passing == [1, 3, 4, 5, 6])
        #expect(ProxyRefusal.noAcceptableMethod.retry(after: nil) == .never)
        #expect(ProxyRefusal.credentialsRefused.retry(after: nil) == .never)
        #expect(ProxyRefusal.http(status: 407, fields: [:]).retry(after: nil) == .never)
        #expect(ProxyRefusal.http(status: 503, fields: [:]).retry(after: .seconds(1)) == .after(.seconds(1)))
    }

    @Test("A violation is worth another try, but not for a message over our limit")
    func violations() {
        func retry(_ code: ProtocolViolation.Code) -> RetryAdvice {
            let error = WebSocketError(.protocolViolation, "", cause: ProtocolViolation(code, ""))
            #expect(AgentRuntimeError(ending: error).retry == error.retry)
            return error.retry
        }
        #expect(retry(.invalidUTF8) == .backOff)
        #expect(retry(.messageTooBig) == .never)
        #expect(retry(.tooManyFragments) == .never)
    }

    @Test("An end says the same as its cause, and our own ends as their rows")
    func ends() throws {
        func retry(_ closure: WebSocketClosure) -> RetryAdvice {
            #expect(StreamEnd(.closedByServer(closure)).retry == closure.retry)
            return closure.retry
        }
        #expect(retry(WebSocketClosure(cause: .closingHandshake, received: CloseFrame(.serviceRestart))) == .backOff)
        #expect(retry(WebSocketClosure(cause: .closingHandshake, received: CloseFrame(.normalClosure))) == .never)
        let ours = WebSocketClosure(cause: .closingHandshake, sent: CloseFrame(.normalClosure))
        #expect(ours.retry.name == self.table.ends["closed by us, and answered"])
        let unanswered = WebSocketClosure(cause: .closeTimedOut, sent: CloseFrame(.normalClosure))
        #expect(unanswered.retry.name == self.table.ends["closed by us, and not answered in time"])
        #expect(WebSocketClosure(cause: .aborted).retry.name == self.table.ends["aborted by us"])
        #expect(StreamEnd(.aborted).retry.name == self.table.ends["aborted by us"])
        #expect(StreamEnd(.closed).retry.name == self.table.ends["closed by us, and answered"])
        #expect(StreamEnd(.closedByClient).retry.name == self.table.ends["closed with its client"])
        let lost = AgentRuntimeError(ending: WebSocketError(.connectionLost, ""))
        #expect(StreamEnd(.failed(lost)).retry == lost.retry)
        #expect(self.table.ends.count == 4)
    }

    @Test("What the system does not allow once, it will not allow the next time")
    func permission() {
        for code in [WebSocketError.Code.connectFailed, .listenFailed] {
            #expect(WebSocketError(code, "", reason: .permissionDenied).retry == .never)
            #expect(WebSocketError(code, "", reason: .refused).retry == .backOff)
        }
        let error = AgentRuntimeError(dialling: WebSocketError(.connectFailed, "", reason: .permissionDenied))
        #expect(error.retry == .never && error.isTerminal && error.reason == .permissionDenied)
    }
}

/// The codes whose advice depends on the answer.
private let specialCodes = ["refused", "upgradeRefused", "proxyRefused", "protocolViolation"]

/// All other codes of both errors, with their advice if nothing else is known.
private let allCodes: [(name: String, retry: RetryAdvice)] = {
    let webSocket = WebSocketError.Code.all.map { (name: $0.description, retry: WebSocketError($0, "").retry) }
    let runtime = AgentRuntimeError.Code.all.map { (name: $0.description, retry: AgentRuntimeError($0, "").retry) }
    return (webSocket + runtime).filter { !specialCodes.contains($0.name) }
}()

import AgentRuntime
import Testing
import WebSocketProtocol
import WebSocketTransport
import WorkspaceProtocol

/// Values that the tests of a manager need; each must be short to write.
@Suite("Values that tests make")
struct FakeValuesTests {
    @Test("An end, a closure, an error and a report can be made by anyone")
    func ends() {
        let end = StreamEnd(
            .closedByServer(WebSocketClosure(cause: .closingHandshake, received: CloseFrame(1011)))
        )
        #expect(end.closeCode == 1011)
        #expect(end.error == nil)
        let refusal = UpgradeRefusal(status: 503, fields: ["Retry-After": "7"])
        #expect(refusal.status == 503)
        let lost = AgentRuntimeError(.connectionLost, cause: WebSocketError(.keepaliveTimedOut))
        #expect(StreamEnd(.failed(lost)).error?.code == .connectionLost)
        let report = StreamTaskReport(slot: "agent", task: .reader, activity: .decoding, elapsed: .seconds(3))
        #expect(StreamEnd(.closed, leftBehind: [report]).leftBehind == [report])
        #expect(report.description == "agent reader: decoding for 3.0 seconds")
        let gone = AgentRuntimeError(.instanceGone, instance: .init(expectedID: "b", gotID: "a"))
        #expect(gone.instance?.gotID == "a")
    }

    @Test("Any code can make statistics and events with only the relevant values")
    func events() {
        var statistics = StreamStatistics()
        statistics.events = 3
        #expect(statistics.events == 3)
        var traffic = ConnectionStatistics()
        traffic.received.messages = 2
        #expect(traffic.messagesReceived == 2)
        let event = WorkspaceEvent(.processStatus(ProcessStatus(status: .running)))
        #expect(event.type == .processStatus)
        #expect(WorkspaceEvent(.gitStatus(GitStatus(branch: "main"))).timestamp == nil)
    }
}

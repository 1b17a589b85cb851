import AgentRuntime
import ArgumentParser
import Testing
import WebSocketProtocol

@testable import wsstream

@Suite("Exit codes")
struct ExitStatusTests {
    @Test(
        "Each kind of failure has its own number",
        arguments: [
            (.invalidConfiguration, 64), (.refused, 66), (.instanceGone, 66), (.connectFailed, 69), (.clientClosed, 70),
            (.connectionLost, 75), (.protocolViolation, 76), (.unauthorized, 77),
        ] as [(AgentRuntimeError.Code, Int32)]
    )
    func mapsErrors(code: AgentRuntimeError.Code, expected: Int32) {
        #expect(Status(code).rawValue == expected)
    }

    @Test(
        "A close of the server is clean, or lost, or its verdict on us",
        arguments: [
            (nil, .clean), (.normalClosure, .clean), (.goingAway, .clean), (.internalError, .connectionLost),
            (.serviceRestart, .connectionLost), (CloseCode(rawValue: 4000), .connectionLost),
            (.protocolError, .protocolError), (.messageTooBig, .protocolError), (.policyViolation, .refused),
        ] as [(CloseCode?, Status)]
    )
    func mapsCloseCodes(code: CloseCode?, expected: Status) {
        #expect(Status(serverClosedWith: code) == expected)
    }

    @Test("The numbers are distinct and all in the help text")
    func isDocumented() {
        #expect(Set(Status.allCases.map(\.rawValue)).count == Status.allCases.count)
        let help = WSStream.Tail.helpMessage()
        for status in Status.allCases {
            #expect(help.contains("\(status.rawValue)  \(status.meaning.prefix(10))"), "\(status)")
        }
    }

    @Test("What ended a tail decides the code and whether there is a complaint")
    func mapsEnds() {
        let quiet: [TailEnd] = [.countReached, .durationReached, .interrupted, .readerLeft]
        #expect(quiet.allSatisfy { $0.status == .clean && $0.complaint == nil })
        #expect(TailEnd.outputFailed("No space left on device").status == .outputFailed)
        #expect(TailEnd.outputFailed("No space left on device").complaint?.contains("No space") == true)
    }
}

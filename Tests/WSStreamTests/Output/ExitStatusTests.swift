import AgentRuntime
import ArgumentParser
import CommandIO
import Foundation
import Testing
import WebSocketProtocol
import WebSocketTransport

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
            (.serviceRestart, .tryLater), (CloseCode(rawValue: 4000), .connectionLost), (.tryAgainLater, .tryLater),
            (CloseCode(rawValue: 3000), .unauthorized), (CloseCode(rawValue: 3003), .unauthorized),
            (CloseCode(rawValue: 4001), .refused), (.badGateway, .tryLater),
            (.protocolError, .protocolError), (.messageTooBig, .protocolError), (.policyViolation, .refused),
        ] as [(CloseCode?, Status)]
    )
    func mapsCloseCodes(code: CloseCode?, expected: Status) {
        #expect(Status(serverClosedWith: code) == expected)
    }

    @Test(
        "A refusal that passes by itself has another number than one for good, for a script to tell them apart",
        arguments: [
            (401, .unauthorized), (403, .unauthorized), (404, .refused), (400, .refused), (307, .refused),
            (501, .refused), (408, .tryLater), (429, .tryLater), (500, .tryLater), (502, .tryLater), (503, .tryLater),
            (504, .tryLater),
        ] as [(Int, Status)]
    )
    func mapsRefusals(status: Int, expected: Status) throws {
        let head = try HTTPResponseHead(status: status, fields: [:])
        let refusal = HandshakeError(.upgradeRefused, "", refusal: UpgradeRefusal(head))
        #expect(Status(WebSocketError(.upgradeRefused, "", cause: refusal)) == expected)
    }

    @Test("The numbers are distinct, and in the help of every command that has one", arguments: helps)
    func isInHelp(help: String) {
        #expect(Set(Status.allCases.map(\.rawValue)).count == Status.allCases.count)
        for status in Status.allCases {
            #expect(help.contains("\(status.rawValue)  \(status.meaning.prefix(10))"), "\(status)")
        }
    }

    @Test("docs/ERRORS.md has a row for each number, in the words of the help")
    func isDocumented() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")
        let text = try String(contentsOf: root.appending(path: "docs/ERRORS.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") && Int($0.split(separator: " ")[1]) != nil }
        let expected = Status.allCases.map { "| \($0.rawValue) | \($0.meaning) |" }
        #expect(rows.filter { $0.contains(": ") }.map(String.init) == expected)
    }

    @Test("What ended a tail decides the code and whether there is a complaint")
    func mapsEnds() {
        let quiet: [TailEnd] = [.countReached, .durationReached, .interrupted, .readerLeft]
        #expect(quiet.allSatisfy { $0.status == .clean && $0.complaint == nil })
        #expect(TailEnd.outputFailed("No space left on device").status == .outputFailed)
        #expect(TailEnd.outputFailed("No space left on device").complaint?.description.contains("No space") == true)
    }
}

/// What each command says of itself.
private let helps = [
    WSStream.Tail.helpMessage(), WSStream.Demo.helpMessage(), WSStream.Mock.helpMessage(), WSStream.Bench.helpMessage(),
    WorkspaceCommands.helpMessage(),
]

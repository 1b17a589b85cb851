import ArgumentParser
import CommandIO
import TestSupport
import Testing
import WebSocketProtocol
import WebSocketTransport

@testable import conformance_client

@Suite("The driver of a fuzzing server's client", .timeLimit(.minutes(1)))
struct ConformanceDriverTests {
    private func options(_ arguments: String...) throws -> ConformanceOptions {
        try ConformanceOptions.parse(arguments)
    }

    @Test("It plays each case once, with an echo, asks for the verdict, and has the report written")
    func plays() async throws {
        let server = FuzzingServer()
        let lines = Recorder<String>()
        let tally = try await server.run { url in
            try await self.options(url, "--agent", "me-1").driver().run(1...) { lines.append($0.description) }
        }
        #expect(tally.description == "3 cases: 3 passed, 0 failed")
        #expect(lines.values == ["1 1.1.1 OK", "2 1.1.2 OK", "3 1.1.3 INFORMATIONAL"])
        let cases = (1...3).flatMap { number in
            let echo = number < 3 ? ["echo of case \(number)"] : []
            return ["/getCaseInfo?case=\(number)", "/runCase?case=\(number)&agent=me-1"] + echo
                + ["/getCaseStatus?case=\(number)&agent=me-1"]
        }
        #expect(server.requests.values == ["/getCaseCount"] + cases + ["/updateReports?agent=me-1"])
    }

    @Test("A verdict that is not strictly OK has failed", arguments: ["NON-STRICT", "FAILED", "UNIMPLEMENTED", ""])
    func fails(verdict: String) async throws {
        let server = FuzzingServer(secondVerdict: verdict)
        let tally = try await server.run { url in
            try await self.options("\(url)/").driver().run(2...) { _ in }
        }
        #expect((tally.passed, tally.failed) == (1, 1))
    }

    @Test("Beginning after the last case runs no case, and is no success")
    func playsNone() async throws {
        let server = FuzzingServer()
        await #expect(throws: ConformanceDriver.Unexpected.self) {
            try await server.run { try await self.options($0).driver().run(4...) { _ in } }
        }
        #expect(server.requests.values == ["/getCaseCount"])
    }

    @Test(
        "Options that can't be used are refused",
        arguments: [
            ["ws://a", "--agent", "a b"], ["ws://a", "--agent", ""], ["ws://a", "--first", "0"],
            ["ws://a", "--window-bits", "8"],
        ]
    )
    func refuses(arguments: [String]) {
        #expect(throws: (any Error).self) { try ConformanceOptions.parse(arguments) }
    }

    @Test("The offer is as asked for; every message is compressed, or none")
    func offers() throws {
        let offer = try self.options("ws://a", "--no-context-takeover", "--window-bits", "9").driver()
        let compression = try #require(offer.configuration.compression)
        #expect((compression.threshold, compression.peerWindowBits) == (0, 9))
        #expect(!compression.peerContextTakeover)
        #expect(try self.options("ws://a", "--no-compression").driver().configuration.compression == nil)
    }

    @Test("A URL that can't be used is refused before anything is sent")
    func refusesURL() throws {
        #expect(throws: (any Error).self) { try self.options("http://127.0.0.1").driver() }
    }
}

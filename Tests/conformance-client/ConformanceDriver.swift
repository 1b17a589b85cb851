import CommandIO
import WebSocketProtocol
import WebSocketTransport

/// Plays the client under test for a fuzzing server: an echo loop for each case.
///
/// The server says at `/getCaseCount` how many cases there are, plays case `n` at `/runCase?case=n&agent=name`, tells
/// its name and verdict at `/getCaseInfo` and `/getCaseStatus`, and writes its report at `/updateReports`.
struct ConformanceDriver: Sendable {
    /// The server did not say what it should.
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// The server's URL, without a path.
    let base: String
    /// The name in the report.
    let agent: String
    let configuration: WebSocketClientConfiguration

    /// Plays all cases from one on, and has the report written.
    ///
    /// Cancelling the task ends the case that is being played.
    ///
    /// - Parameters:
    ///   - cases: Where to begin, counted from 1.
    ///   - print: Gets one line for each case.
    /// - Returns: How many passed.
    /// - Throws: `WebSocketError` or `Unexpected` when the server itself fails; what `print` throws;
    ///   `CancellationError`. What goes wrong within a case is for the server to judge.
    func run(
        _ cases: PartialRangeFrom<Int>,
        print: (SafeText) async throws -> Void
    ) async throws -> ConformanceTally {
        let answer = try await self.ask("/getCaseCount")
        guard let count = Int(answer) else { throw Unexpected(description: "the server has no number of cases") }
        var tally = ConformanceTally()
        guard cases.lowerBound <= count else { return tally }
        for number in cases.lowerBound...count {
            let query = "?case=\(number)&agent=\(self.agent)"
            let name = Self.value(of: "id", in: try await self.ask("/getCaseInfo?case=\(number)"))
            try await self.play("/runCase\(query)")
            let verdict = Self.value(of: "behavior", in: try await self.ask("/getCaseStatus\(query)"))
            tally.count(verdict)
            try await print("\(number) \(name) \(verdict)")
        }
        try await self.play("/updateReports?agent=\(self.agent)")
        return tally
    }

    /// Connects and gives the first message.
    private func ask(_ path: String) async throws -> String {
        let url = try WebSocketURL(self.base + path)
        let message = try await WebSocketClient.withConnection(to: url, configuration: self.configuration) {
            try await $0.messages.first { _ in true }
        }
        guard let text = message?.text else { throw Unexpected(description: "the server does not answer \(path)") }
        return text
    }

    /// Connects and sends every message back until the connection ends, which it may do in any way.
    private func play(_ path: String) async throws {
        let url = try WebSocketURL(self.base + path)
        let connection = try await WebSocketClient.connect(to: url, configuration: self.configuration)
        do {
            for try await message in connection.messages { try await connection.send(message) }
            _ = try await connection.waitUntilClosed()
        } catch is CancellationError {
            await connection.close(.goingAway)
            throw CancellationError()
        } catch {
            // The server broke a rule to see what we do: it knows better what became of that.
            _ = try await connection.waitUntilClosed()
        }
    }

    /// The value of a string member of a flat JSON object, as these servers send them; empty when it is missing.
    private static func value(of name: String, in object: String) -> String {
        let parts = object.split(separator: "\"", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(of: name[...]), index + 2 < parts.count else { return "" }
        return String(parts[index + 2])
    }
}

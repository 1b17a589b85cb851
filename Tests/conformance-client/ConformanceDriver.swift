import CommandIO
import WebSocketProtocol
import WebSocketTransport

/// Runs our client against a fuzzing server: an echo loop for each case.
///
/// The server gives the number of cases at `/getCaseCount` and runs case `n` at `/runCase?case=n&agent=name`. It gives
/// the name and the verdict at `/getCaseInfo` and `/getCaseStatus`, and writes its report at `/updateReports`.
struct ConformanceDriver: Sendable {
    /// The server gave an unexpected answer.
    struct Unexpected: Error, CustomStringConvertible {
        let description: String
    }

    /// The server's URL, without a path.
    let base: String
    /// The name in the report.
    let agent: String
    let configuration: WebSocketClientConfiguration

    /// Runs all cases from one on, and makes the server write its report.
    ///
    /// Cancelling the task ends the current case.
    ///
    /// - Parameters:
    ///   - cases: The first case, counted from 1.
    ///   - print: Gets one line for each case.
    /// - Returns: The number of cases that passed and failed.
    /// - Throws: `WebSocketError` or `Unexpected` if the server itself fails; the error of `print`;
    ///   `CancellationError`. The server judges errors inside of a case.
    func run(
        _ cases: PartialRangeFrom<Int>,
        print: (SafeText) async throws -> Void
    ) async throws -> ConformanceTally {
        let answer = try await self.ask("/getCaseCount")
        guard let count = Int(answer) else { throw Unexpected(description: "the server has no number of cases") }
        // Success would say that all is well although nothing was tested.
        guard cases.lowerBound <= count else {
            throw Unexpected(description: "no case was run: the server has only \(count)")
        }
        var tally = ConformanceTally()
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

    /// Connects and returns the first message.
    private func ask(_ path: String) async throws -> String {
        let url = try WebSocketURL(self.base + path)
        let message = try await WebSocketClient.withConnection(to: url, configuration: self.configuration) {
            try await $0.messages.first { _ in true }
        }
        guard let text = message?.text else { throw Unexpected(description: "the server does not answer \(path)") }
        return text
    }

    /// Connects and sends every message back, until the connection ends in any way.
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
            // The server broke a rule to test us. It judges the result itself.
            _ = try await connection.waitUntilClosed()
        }
    }

    /// The value of a string member of a flat JSON object, as these servers send them; empty if it is missing.
    private static func value(of name: String, in object: String) -> String {
        let parts = object.split(separator: "\"", omittingEmptySubsequences: false)
        guard let index = parts.firstIndex(of: name[...]), index + 2 < parts.count else { return "" }
        return String(parts[index + 2])
    }
}

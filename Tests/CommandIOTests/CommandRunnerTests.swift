import ArgumentParser
import ConcurrencyPrimitives
import ProcessSignals
import Testing
import WebSocketTransport

@testable import CommandIO

@Suite("The end of a command")
struct CommandRunnerTests {
    private struct Program: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "program", version: "1.2.3")

        @Argument var error: String?

        func run() async throws {
            switch self.error {
            case "left": throw OutputError.readerLeft
            case "full": throw OutputError.failed("full")
            case "signal": throw EndedEarly.interrupted(.hangUp)
            case "help": throw CleanExit.helpRequest()
            case "code": throw ExitCode(7)
            default: break
            }
        }
    }

    /// A sink that can fail like a full disk.
    private final class Sink: OutputSink {
        let text = Locked("")
        let error: OutputError?

        init(_ error: OutputError?) { self.error = error }

        func write(_ bytes: [UInt8]) async throws(OutputError) {
            if let error = self.error { throw error }
            self.text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
        }

        func limitWaiting(to patience: OutputPatience) {}
        func waitUntilReaderLeft() async -> Bool { false }
    }

    private static func run(
        _ arguments: String...,
        failingWith error: OutputError? = nil
    ) async -> (code: Int32, output: String, errors: String) {
        let (sink, errors) = (Sink(error), Locked(""))
        let say: @Sendable (String) -> Void = { text in errors.withLock { $0 += text } }
        let code = await CommandRunner(output: sink, complain: say, explain: say).run(Program.self, arguments)
        return (code, sink.text.withLock { $0 }, errors.withLock { $0 })
    }

    @Test("Help and version are output, which may fail like any other", arguments: ["--help", "--version", "help"])
    func help(argument: String) async {
        let shown = await Self.run(argument)
        #expect(shown.code == 0)
        #expect(shown.output.contains(argument == "--version" ? "1.2.3\n" : "USAGE: program"))
        #expect(shown.errors.isEmpty)
        let full = await Self.run(argument, failingWith: .failed("full"))
        #expect(full.code == 74)
        #expect(full.errors == "standard output can't be written: full")
        let left = await Self.run(argument, failingWith: .readerLeft)
        #expect(left.code == 0)
        #expect(left.errors.isEmpty)
    }

    @Test("Usage goes to standard error")
    func usage() async {
        let run = await Self.run("--nonsense")
        #expect(run.code == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("Unknown option '--nonsense'"))
    }

    @Test(
        "How a command ends is its exit code",
        arguments: [
            ("well", 0, ""), ("left", 0, ""), ("full", 74, "standard output can't be written: full"),
            ("signal", 129, ""), ("code", 7, ""),
        ] as [(String, Int32, String)]
    )
    func ends(error: String, code: Int32, errors: String) async {
        let run = await Self.run(error)
        #expect(run.code == code)
        #expect(run.errors == errors)
        #expect(run.output.isEmpty)
    }
}

import ConcurrencyPrimitives
import Foundation
import TestSupport
import WebSocketTransport

@testable import ProcessSignals

/// The program, built in the same directory as the tests.
struct BuiltBinary: Sendable {
    /// The result of a run.
    struct Run: Sendable {
        var status: Int32
        var output: String
        var errors: String

        /// The lines of standard output.
        var lines: [Substring] { self.output.split(separator: "\n") }
    }

    /// A run that has not ended.
    struct Running: Sendable {
        /// The process id.
        let identifier: pid_t
        fileprivate let output: URL

        /// Waits for the first byte on standard output; then a stream is open, and not only accepted by its server.
        func waitForOutput() async throws {
            try await eventually("the first output") { try Data(contentsOf: self.output).isEmpty == false }
        }
    }

    /// The program; nil if it is not built.
    static let shared: BuiltBinary? = {
        let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        let program = tests.deletingLastPathComponent().appending(path: "wsstream")
        // The starter of the tests may ignore some signals, like a script for its background jobs. Children inherit
        // that.
        for taken in TerminationSignal.all where SignalSources.isIgnored(taken) { signal(taken.number, SIG_DFL) }
        return FileManager.default.isExecutableFile(atPath: program.path) ? BuiltBinary(path: program.path) : nil
    }()

    /// The path of the program.
    let path: String

    /// The path of the mock server's command.
    var mockAgentServer: String {
        String(self.path[...(self.path.lastIndex(of: "/") ?? self.path.startIndex)]) + "mock-agent-server"
    }

    /// Runs the program to its end.
    ///
    /// - Parameters:
    ///   - arguments: The arguments.
    ///   - environment: Variables to add.
    ///   - output: Standard output, if it is not a file that is read at the end.
    ///   - errors: Standard error, in the same way.
    ///   - body: Runs at the same time, with the process.
    /// - Returns: The result of the run.
    /// - Throws: `TimeLimitExceeded` after 20 s, when the process was killed; the error of `body`.
    func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        output: FileHandle? = nil,
        errors: FileHandle? = nil,
        while body: (Running) async throws -> Void = { _ in }
    ) async throws -> Run {
        try await Self.run(
            self.path,
            arguments,
            environment: environment,
            output: output,
            errors: errors,
            while: body
        )
    }

    /// Runs a line of bash, in which `$0` is the program.
    func runScript(
        _ script: String,
        _ arguments: [String],
        while body: (Running) async throws -> Void = { _ in }
    ) async throws -> Run {
        try await Self.run("/bin/bash", ["-c", script, self.path] + arguments, environment: [:], while: body)
    }

    private static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String],
        output: FileHandle? = nil,
        errors: FileHandle? = nil,
        while body: (Running) async throws -> Void
    ) async throws -> Run {
        let folder = FileManager.default.temporaryDirectory.appending(path: "wsstream-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = [folder.appending(path: "output"), folder.appending(path: "errors")]
        for file in files { try Data().write(to: file) }

        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        // The program runs under the same sanitizer or mutant as the tests.
        let kept = ProcessInfo.processInfo.environment.filter {
            $0.key.hasSuffix("SAN_OPTIONS") || $0.key == "WSSTREAM_RED_CONTROL"
        }
        process.environment = kept.merging(["TZ": "UTC"]) { $1 }.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try output ?? FileHandle(forWritingTo: files[0])
        process.standardError = try errors ?? FileHandle(forWritingTo: files[1])
        let ended = Promise<Int32>()
        process.terminationHandler = { ended.resolve($0.terminationStatus) }
        try process.run()
        do {
            try await body(Running(identifier: process.processIdentifier, output: files[0]))
            let status = try await withTimeout("the end of the program", .seconds(20)) {
                try await ended.waitUnlessCancelled()
            }
            let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
            return Run(status: status, output: texts[0], errors: texts[1])
        } catch {
            kill(process.processIdentifier, SIGKILL)
            _ = await ended.wait()
            throw error
        }
    }
}

package import Foundation

/// A program that a test runs as a process of its own.
package struct RunningProgram {
    private let process = Process()
    private let input = Pipe()
    private let outputFile: URL

    /// A program ended with an error, or too early.
    package struct Failed: Error, CustomStringConvertible {
        let output: String
        package var description: String { "the program failed:\n\(self.output)" }
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: The file to run.
    ///   - arguments: What it is given.
    /// - Throws: What Foundation throws when there is no such program.
    package static func start(_ executable: URL?, _ arguments: [String]) throws -> RunningProgram {
        let outputFile = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).log")
        _ = FileManager.default.createFile(atPath: outputFile.path, contents: nil)
        let output = try FileHandle(forWritingTo: outputFile)
        let running = RunningProgram(outputFile: outputFile)
        running.process.executableURL = executable
        running.process.arguments = arguments
        running.process.standardInput = running.input
        running.process.standardOutput = output
        running.process.standardError = output
        try running.process.run()
        return running
    }

    private init(outputFile: URL) { self.outputFile = outputFile }

    /// What the program has printed so far, errors too.
    package var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// The lines printed so far that are complete.
    package var lines: [Substring] {
        self.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    /// Waits for a line of the output.
    ///
    /// - Parameter index: Of the line, from 0.
    /// - Returns: The line.
    /// - Throws: ``Failed`` when the program ends before; ``TimeLimitExceeded``.
    package func line(_ index: Int) async throws -> String {
        try await eventually("line \(index) of a program") {
            self.lines.count > index || !self.process.isRunning
        }
        guard self.lines.count > index else { throw Failed(output: self.output) }
        return String(self.lines[index])
    }

    /// Waits until the program has printed a line.
    ///
    /// - Parameter line: The whole line.
    /// - Throws: ``Failed`` when the program ends before; ``TimeLimitExceeded``.
    package func waitForLine(_ line: String) async throws {
        try await eventually("the line \"\(line)\" of a program") {
            self.lines.contains(line[...]) || !self.process.isRunning
        }
        guard self.lines.contains(line[...]) else { throw Failed(output: self.output) }
    }

    /// Waits until the program ends by itself.
    ///
    /// - Parameter limit: How long to wait.
    /// - Throws: ``Failed`` when it ended with an error; ``TimeLimitExceeded``.
    package func waitForEnd(within limit: Duration = .seconds(30)) async throws {
        try await eventually("end of a program", within: limit) { !self.process.isRunning }
        guard self.process.terminationStatus == 0 else { throw Failed(output: self.output) }
    }

    /// Ends the program and removes what it printed.
    ///
    /// - Parameter isAsked: Whether it is asked to end, so that it can end its own processes; else it is killed, since a
    ///   program inherits the signals that the thread which started it blocks, and that may be all.
    package func end(isAsked: Bool = false) {
        if self.process.isRunning { kill(self.process.processIdentifier, isAsked ? SIGTERM : SIGKILL) }
        try? FileManager.default.removeItem(at: self.outputFile)
    }

    /// Waits until the process is gone, after ``end()``.
    ///
    /// - Throws: ``TimeLimitExceeded``.
    package func waitUntilGone() async throws {
        try await eventually("end of a program that was told to") { !self.process.isRunning }
    }
}

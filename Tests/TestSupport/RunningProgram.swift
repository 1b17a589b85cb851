package import Foundation

/// A program that a test runs in another process.
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
    ///   - arguments: The arguments of the program.
    /// - Throws: An error of Foundation if there is no such program.
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

    /// The output of the program so far, with its errors.
    package var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

    /// The complete lines of the output so far.
    package var lines: [Substring] {
        self.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }

    /// Waits for a line of the output.
    ///
    /// - Parameter index: The number of the line, from 0.
    /// - Returns: The line.
    /// - Throws: ``Failed`` if the program ends before; ``TimeLimitExceeded``.
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
    /// - Throws: ``Failed`` if the program ends before; ``TimeLimitExceeded``.
    package func waitForLine(_ line: String) async throws {
        try await eventually("the line \"\(line)\" of a program") {
            self.lines.contains(line[...]) || !self.process.isRunning
        }
        guard self.lines.contains(line[...]) else { throw Failed(output: self.output) }
    }

    /// Waits until the program ends by itself.
    ///
    /// - Parameter limit: How long to wait.
    /// - Throws: ``Failed`` if it ended with an error; ``TimeLimitExceeded``.
    package func waitForEnd(within limit: Duration = .seconds(30)) async throws {
        try await eventually("end of a program", within: limit) { !self.process.isRunning }
        guard self.process.terminationStatus == 0 else { throw Failed(output: self.output) }
    }

    /// Asks the program to end, with SIGTERM.
    package func askToEnd() { kill(self.process.processIdentifier, SIGTERM) }

    /// Ends the program and removes its output.
    ///
    /// - Parameter isAsked: True to ask it to end, so that it can end its own processes. False to kill it: a program
    ///   inherits the blocked signals of the thread that started it, and these may be all signals.
    package func end(isAsked: Bool = false) {
        if self.process.isRunning { kill(self.process.processIdentifier, isAsked ? SIGTERM : SIGKILL) }
        try? FileManager.default.removeItem(at: self.outputFile)
    }

    /// Waits until the process has ended, after ``end()``.
    ///
    /// - Throws: ``TimeLimitExceeded``.
    package func waitUntilGone() async throws {
        try await eventually("end of a program that was told to") { !self.process.isRunning }
    }
}

import Foundation

/// The Python programs of a test, in a folder `Python` beside it, run in the environment of `scripts/python-env`.
package enum PythonPrograms {
    private static let interpreter: URL? = {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
        let environment =
            ProcessInfo.processInfo.environment["WSSTREAM_VENV"].map { URL(filePath: $0) }
            ?? root.appending(path: ".build/python")
        let interpreter = environment.appending(path: "bin/python")
        guard FileManager.default.isExecutableFile(atPath: interpreter.path) else {
            print("Interop tests are skipped: no \(interpreter.path); run scripts/python-env.")
            return nil
        }
        return interpreter
    }()

    /// Whether there is an environment; says so once when there is none.
    package static var areAvailable: Bool { Self.interpreter != nil }

    /// A program that runs.
    package struct Running {
        fileprivate let process: Process
        fileprivate let input = Pipe()
        fileprivate let outputFile: URL

        /// What the program has printed so far, errors too.
        package var output: String { (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? "" }

        /// The lines printed so far that are complete.
        package var lines: [Substring] {
            self.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        }

        /// Waits for a line of the output.
        package func line(_ index: Int) async throws -> String {
            try await eventually("line \(index) of a Python program") {
                self.lines.count > index || !self.process.isRunning
            }
            guard self.lines.count > index else { throw Failed(output: self.output) }
            return String(self.lines[index])
        }

        /// Waits until the program ends by itself.
        package func waitForEnd() async throws {
            try await eventually("end of a Python program", within: .seconds(30)) { !self.process.isRunning }
            guard self.process.terminationStatus == 0 else { throw Failed(output: self.output) }
        }

        /// Ends the program and removes what it printed.
        package func end() {
            if self.process.isRunning { self.process.terminate() }
            try? FileManager.default.removeItem(at: self.outputFile)
        }
    }

    /// A program ended with an error.
    package struct Failed: Error, CustomStringConvertible {
        let output: String
        package var description: String { "the Python program failed:\n\(self.output)" }
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - name: The file in the folder `Python`.
    ///   - arguments: What it is given.
    ///   - file: The test; the folder is beside it.
    package static func start(
        _ name: String,
        _ arguments: [String] = [],
        beside file: String = #filePath
    ) throws -> Running {
        let folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Python")
        let outputFile = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).log")
        _ = FileManager.default.createFile(atPath: outputFile.path, contents: nil)
        let output = try FileHandle(forWritingTo: outputFile)
        let running = Running(process: Process(), outputFile: outputFile)
        running.process.executableURL = Self.interpreter
        running.process.arguments = ["-I", folder.appending(path: name).path] + arguments
        running.process.standardInput = running.input
        running.process.standardOutput = output
        running.process.standardError = output
        try running.process.run()
        return running
    }
}

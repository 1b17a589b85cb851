import Foundation

/// The Python programs of a test, in a folder `Python` next to it; they run in the environment of `scripts/python-env`.
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

    /// Whether the environment exists; prints a note once if it does not.
    package static var areAvailable: Bool { Self.interpreter != nil }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - name: The file in the folder `Python`.
    ///   - arguments: The arguments of the program.
    ///   - file: The test; the folder is next to it.
    package static func start(
        _ name: String,
        _ arguments: [String] = [],
        beside file: String = #filePath
    ) throws -> RunningProgram {
        let folder = URL(filePath: file).deletingLastPathComponent().appending(path: "Python")
        let program = ["-I", folder.appending(path: name).path]
        return try RunningProgram.start(Self.interpreter, program + arguments)
    }
}

import Foundation
import FuzzTargets
import Testing

@Suite("The stored inputs of fuzzing: past failures and seeds", .timeLimit(.minutes(2)))
struct KeptInputTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../Fuzzing").standardizedFileURL

    /// The stored inputs for a target.
    private static func inputs(_ target: String) throws -> [URL] {
        try ["Failures", "Seeds"].flatMap { kind -> [URL] in
            let folder = self.folder.appending(path: kind).appending(path: target)
            guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
            return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        }
    }

    @Test("No input that is kept breaks a rule of its target", arguments: AllTargets.names)
    func holds(target: String) async throws {
        #expect(try !Self.inputs(target).isEmpty)
        // A broken rule stops the process, as libFuzzer expects. Its last message names the input and the rule.
        await #expect(processExitsWith: .success) { [target] in
            let run = try #require(AllTargets.target(named: target))
            for file in try Self.inputs(target) {
                FileHandle.standardError.write(Data("\(file.lastPathComponent)\n".utf8))
                try Data(contentsOf: file).withUnsafeBytes(run)
            }
        }
    }

    @Test("Every folder of inputs belongs to a target")
    func foldersHaveTargets() throws {
        for kind in ["Failures", "Seeds"] {
            let folders = try FileManager.default.contentsOfDirectory(
                atPath: Self.folder.appending(path: kind).path
            )
            #expect(Set(folders).isSubset(of: AllTargets.names), "\(kind)")
        }
    }
}

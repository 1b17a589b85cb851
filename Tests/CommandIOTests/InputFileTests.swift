import Foundation
import TestSupport
import Testing

@testable import CommandIO

@Suite("A small file that an option names", .timeLimit(.minutes(1)))
struct InputFileTests {
    @Test("Its first line is read, with any line end", arguments: ["a", "a\n", "a\r\nb", "a\nb\n"])
    func firstLine(content: String) async throws {
        try await Self.withFile(Array(content.utf8)) { path in
            let line = try await InputFile(path).firstLine(limit: 1)
            #expect(line == [UInt8(ascii: "a")])
        }
    }

    @Test("A line may be as long as its limit, and no longer", arguments: ["", "\n", "\r\n"])
    func limit(end: String) async throws {
        for length in [9_999, 10_000, 10_001] {
            try await Self.withFile([UInt8](repeating: 1, count: length) + Array(end.utf8)) { path in
                let line = try? await InputFile(path).firstLine(limit: 10_000)
                #expect(line?.count == (length <= 10_000 ? length : nil))
            }
        }
    }

    @Test("A pipe gives its first line while its other end stays open")
    func pipe() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "command-io-\(UUID().uuidString)")
        #expect(mkfifo(folder.path, 0o600) == 0)
        defer { try? FileManager.default.removeItem(at: folder) }
        async let line = InputFile(folder.path).firstLine(limit: 100)
        let writer = open(folder.path, O_WRONLY)
        defer { close(writer) }
        _ = write(writer, "to", 2)
        _ = write(writer, "ken\nmore", 8)
        let read = try await line
        #expect(read == Array("token".utf8))
    }

    @Test("An endless file, a missing file and a directory are errors")
    func fails() async throws {
        await #expect(throws: InputFile.ReadError.tooLong(bytes: 100)) {
            try await InputFile("/dev/zero").firstLine(limit: 100)
        }
        await #expect(throws: InputFile.ReadError.failed("No such file or directory")) {
            try await InputFile("/nonexistent").firstLine(limit: 100)
        }
        await #expect(throws: InputFile.ReadError.failed("Is a directory")) {
            try await InputFile("/").firstLine(limit: 100)
        }
        let nothing = try await InputFile("/dev/null").firstLine(limit: 100)
        #expect(nothing.isEmpty)
    }

    private static func withFile(_ content: [UInt8], _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "command-io-\(UUID().uuidString)")
        try Data(content).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }
}

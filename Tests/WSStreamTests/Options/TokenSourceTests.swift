import Foundation
import Testing

@testable import wsstream

@Suite("Where the token comes from")
struct TokenSourceTests {
    @Test("The option wins over the variable, and nothing is no token")
    func prefersTheOption() async throws {
        let variable = [TokenSource.variable: "b"]
        #expect(try await TokenSource(token: "a", environment: variable).resolve() == "a")
        #expect(try await TokenSource(environment: variable).resolve() == "b")
        #expect(try await TokenSource(environment: [:]).resolve() == nil)
    }

    @Test("The first line of the file is the token, with any line end", arguments: ["t0k", "t0k\n", "t0k\r\nmore\n"])
    func readsTheFile(content: String) async throws {
        try await Self.withFile(content) { path in
            let token = try await TokenSource(file: path, environment: [TokenSource.variable: "b"]).resolve()
            #expect(token == "t0k")
        }
    }

    @Test("Errors do not contain the token")
    func refuses() async throws {
        let both = TokenSource(token: "secret", file: "f", environment: [:])
        await #expect(throws: TokenSource.SourceError.bothGiven) { try await both.resolve() }
        let missing = TokenSource(file: "/nonexistent/token", environment: [:])
        await #expect(
            throws: TokenSource.SourceError.unreadableFile("/nonexistent/token", reason: "No such file or directory")
        ) { try await missing.resolve() }
        try await Self.withFile("\nsecret") { path in
            let empty = TokenSource(file: path, environment: [:])
            await #expect(throws: TokenSource.SourceError.emptyFile(path)) { try await empty.resolve() }
        }
        let broken = TokenSource(token: "secret\r\nX: y", environment: [:])
        let error = await #expect(throws: TokenSource.SourceError.self) { try await broken.resolve() }
        #expect(error == .unusable(source: "--token"))
        #expect(error?.description.contains("secret") == false)
    }

    private static func withFile(_ content: String, _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "wsstream-\(UUID().uuidString)")
        try Data(content.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }
}

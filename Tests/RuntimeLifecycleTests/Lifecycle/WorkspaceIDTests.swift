import RuntimeLifecycle
import Testing

@Suite("Workspace ids")
struct WorkspaceIDTests {
    @Test(
        "Ids that could leave the directory, hide or look like an option are refused",
        arguments: [
            "", ".", "..", "../x", "a/b", "/", "-x", ".x", "_x", "a b", "a\nb", "a\0b", "ü", "a%2Fb",
            String(repeating: "a", count: 65), "blue\u{301}",
        ]
    )
    func refused(text: String) {
        let error = #expect(throws: LifecycleError.self) { try WorkspaceID(text) }
        #expect(error?.code == .invalidID)
        #expect(error?.message.contains("\n") == false)
    }

    @Test("Plain ids are accepted", arguments: ["a", "0", "blue-2", "A.b_c-1", String(repeating: "a", count: 64)])
    func accepted(text: String) throws {
        #expect(try WorkspaceID(text).description == text)
    }
}

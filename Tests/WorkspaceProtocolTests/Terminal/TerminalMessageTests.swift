import Testing

@testable import WorkspaceProtocol

@Suite("The messages to a terminal")
struct TerminalMessageTests {
    @Test("A new size is the byte 1, then its JSON")
    func resize() {
        let expected: [UInt8] = [1] + Array(#"{"cols":100,"rows":30}"#.utf8)
        #expect(TerminalMessage.resize(columns: 100, rows: 30) == expected)
    }

    @Test("Input is one message; nothing is none", arguments: [[], [65], [1], [65, 1, 1], [0, 1]] as [[UInt8]])
    func input(bytes: [UInt8]) {
        #expect(TerminalMessage.messages(of: bytes) == (bytes.isEmpty ? [] : [bytes]))
    }

    @Test("Each byte 1 at the beginning of input is a message of its own, so no input is taken for a size")
    func marks() {
        let size = Array(#"{"cols":1,"rows":1}"#.utf8)
        #expect(TerminalMessage.messages(of: [1] + size) == [[1], size])
        #expect(TerminalMessage.messages(of: [1, 1] + size + [1]) == [[1], [1], size + [1]])
        #expect(TerminalMessage.messages(of: [1, 1, 1]) == [[1], [1], [1]])
    }
}

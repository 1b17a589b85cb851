import Foundation
import TestSupport
import Testing
import WorkspaceFollowing

@Suite("The tail of a shell's output")
struct ShellTailTests {
    private static let pieces = ["a", "bc", "é", "中文", "😀", "\r\n", "\u{FFFD}", "", "0123456789", "😀中é\n"]

    /// The last characters of a text that fit.
    private static func end(of text: String, _ capacity: Int) -> String {
        String(decoding: text.utf8.suffix(capacity).drop(while: { $0 & 0xC0 == 0x80 }), as: UTF8.self)
    }

    @Test("It has the end of what was appended, in whole characters, for every size of ring and chunk")
    func endOfText() {
        var random = SplitMix64(seed: 1)
        for capacity in 4...40 {
            let rules = ShellRingRules(ringBytes: capacity, evidenceBytes: 4)
            var tail = ShellTail(rules: rules)
            var text = ""
            for _ in 0..<60 {
                let count = Int.random(in: 0...8, using: &random)
                let chunk = (0..<count).map { _ in Self.pieces[.random(in: 0..<10, using: &random)] }.joined()
                tail.append(chunk)
                text += chunk
                #expect(tail.text.utf8.elementsEqual(Self.end(of: text, capacity).utf8), "\(capacity) \(text)")
                #expect(tail.totalBytes == text.utf8.count)
                #expect(tail.isWhole == (text.utf8.count <= capacity))
            }
        }
    }

    @Test("One chunk that is longer than the ring leaves its end")
    func longChunk() {
        var tail = ShellTail()
        tail.append("before")
        tail.append(String(repeating: "中", count: 10_000))
        #expect(tail.text == String(repeating: "中", count: 5_461))
        #expect(tail.totalBytes == 30_006)
        tail.append("ab")
        #expect(tail.text == String(repeating: "中", count: 5_460) + "ab")
    }

    @Test("A tail that was encoded and decoded is equal and goes on alike")
    func coding() throws {
        var random = SplitMix64(seed: 2)
        for capacity in [4, 7, 16, 33] {
            var tail = ShellTail(rules: ShellRingRules(ringBytes: capacity, evidenceBytes: 4))
            for _ in 0..<40 {
                tail.append(Self.pieces[.random(in: 0..<10, using: &random)])
                var copy = try JSONDecoder().decode(ShellTail.self, from: JSONEncoder().encode(tail))
                #expect(copy == tail)
                var original = tail
                for chunk in ["x", "中", "0123", "😀"] {
                    copy.append(chunk)
                    original.append(chunk)
                    #expect(copy == original)
                }
            }
        }
    }

    @Test(
        "A tail whose numbers can't be true is not decoded",
        arguments: [
            #"{"text":"abc","totalBytes":2,"startsWithHistory":false,"capacity":16}"#,
            #"{"text":"abc","totalBytes":4,"startsWithHistory":false,"capacity":16}"#,
            #"{"text":"abc","totalBytes":3,"startsWithHistory":false,"capacity":2}"#,
            #"{"text":"","totalBytes":0,"startsWithHistory":false,"capacity":0}"#,
            #"{"text":"","totalBytes":-1,"startsWithHistory":false,"capacity":16}"#,
            #"{"text":"abc","totalBytes":3,"startsWithHistory":false}"#,
        ]
    )
    func badCoding(json: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(ShellTail.self, from: Data(json.utf8)) }
    }

    @Test("Tails differ in their text, their total and their history")
    func equality() {
        let rules = ShellRingRules(ringBytes: 4, evidenceBytes: 4)
        var one = ShellTail(rules: rules)
        var other = ShellTail(rules: rules)
        one.append("abcd")
        other.append("abce")
        #expect(one != other)
        other.append("abcd")
        #expect(one.text == other.text)
        #expect(one != other)
        #expect(ShellTail(ring: "abc", rules: rules) != one)
        var fresh = ShellTail(rules: rules)
        fresh.append("abc")
        #expect(ShellTail(ring: "abc", rules: rules) != fresh)
    }

    @Test("A ring that is the whole history makes a tail that begins it, until it is trimmed")
    func history() {
        let rules = ShellRingRules(ringBytes: 8, evidenceBytes: 4)
        var tail = ShellTail(ring: "abc", rules: rules)
        #expect(tail.beginsHistory)
        tail.append("defghi")
        #expect(!tail.beginsHistory)
        #expect(!ShellTail(ring: "abcdefgh", rules: rules).beginsHistory)
        #expect(!ShellTail(rules: rules).beginsHistory)
    }

    @Test("Of a full ring the rest of a cut character is no part of the tail; of a whole history it is")
    func cutRing() {
        let rules = ShellRingRules(ringBytes: 8, evidenceBytes: 4)
        #expect(ShellTail(ring: "\u{FFFD}\u{FFFD}abcdef", rules: rules).text == "abcdef")
        #expect(ShellTail(ring: "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}ab", rules: rules).text == "\u{FFFD}ab")
        #expect(ShellTail(ring: "\u{FFFD}ab", rules: rules).text == "\u{FFFD}ab")
    }
}

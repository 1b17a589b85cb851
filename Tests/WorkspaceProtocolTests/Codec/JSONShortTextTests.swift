import Testing

@testable import WorkspaceProtocol

@Suite("Short texts") struct JSONShortTextTests {
    private static let texts = (0...JSONShortText.capacity).map { String("aZ~ 0\u{7F}\u{0}_-/.:xyz".prefix($0)) }

    /// Makes a text like the scanner: from sixteen bytes, some of which do not belong to it.
    private static func short(_ text: String) -> JSONShortText {
        let bytes = [UInt8](text.utf8) + Array(repeating: 0xA5, count: 16)
        let words = [bytes[..<8], bytes[8..<16]].map { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        return JSONShortText(low: words[0], high: words[1], count: text.utf8.count)
    }

    @Test("It becomes the same string as by any other way", arguments: texts)
    func becomesString(text: String) {
        let string = Self.short(text).string
        #expect(string == text)
        #expect(string.hashValue == text.hashValue)
        #expect(Array(string.utf8) == Array(text.utf8))
        #expect(string.unicodeScalars.elementsEqual(text.unicodeScalars))
        #expect(string + "é" == text + "é")
        #expect(Self.short(text).copiedString == text)
    }

    #if arch(x86_64) || (arch(arm64) && !os(Android))
    @Test("The strings of this platform are made without a copy")
    func knowsLayout() {
        #expect(JSONShortText.isSmallString)
    }
    #endif

    @Test("It is equal only to the same name")
    func isCompared() {
        #expect(Self.short("pong") == JSONShortText("pong"))
        #expect(Self.short("branch_switched") == JSONShortText("branch_switched"))
        for other in ["ponh", "pon", "pong\u{0}", "", "branch_switchee", "branch_switch"] {
            #expect(Self.short(other) != JSONShortText("pong"))
            #expect(Self.short(other) != JSONShortText("branch_switched"))
        }
    }

    @Test("Each kind is found by its name, and by no other")
    func findsKinds() {
        for kind in WorkspaceMessageKind.allCases {
            let name = kind.name.description
            #expect(WorkspaceMessageKind(Self.short(name)) == kind)
            #expect(kind.type.rawValue == name)
            #expect(WorkspaceMessageKind(Self.short(name + "s")) == nil)
            #expect(WorkspaceMessageKind(Self.short(String(name.dropLast()))) == nil)
        }
    }
}

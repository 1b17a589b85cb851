import Testing

@testable import CommandIO

@Suite("Text for people")
struct SafeTextTests {
    @Test("Our own words stay; interpolated values are escaped, except safe ones")
    func interpolates() {
        let name = "a\u{1B}[2J\nb\u{9B}\u{202E}"
        let text: SafeText = "name:\t\(name) \(7)\n"
        #expect(text.description == "name:\ta\\e[2J\\nb\\u{9b}\\u{202e} 7\n")
        #expect("(\(text))" as SafeText == SafeText("(") + text + ")")
        #expect(SafeText(escaping: "x\ny").description == "x\\ny")
        #expect(([text, "z"] as [SafeText]).joined(separator: "|").description == text.description + "|z")
    }

    @Test("Lines of a usage stay; line breaks and controls of a quoted argument do not")
    func quotesArguments() {
        let arguments = ["tail", "--x\ny=\u{1B}[2J", "a\nforged: line"]
        let message = "Error: Unexpected argument 'a\nforged: line', '--x\ny', '\u{1B}[2J'\nUsage: tail\n\u{7}"
        #expect(
            SafeText(message: message, arguments: arguments).description
                == "Error: Unexpected argument 'a\\nforged: line', '--x\\ny', '\\e[2J'\nUsage: tail\n\\u{7}"
        )
        #expect(SafeText(message: "one\ntwo", arguments: ["", "one"]).description == "one\ntwo")
    }
}

import Testing

@testable import wsstream

@Suite("Lines on standard error")
struct StandardErrorTests {
    @Test(
        "A complaint is one escaped line without the token",
        arguments: [
            ("plain", nil, "wsstream: error: plain\n"),
            ("a\n\u{1B}[2Jb", nil, #"wsstream: error: a\n\e[2Jb"# + "\n"),
            ("t0k and t0k", "t0k", "wsstream: error: <token> and <token>\n"),
            ("t0k", "", "wsstream: error: t0k\n"),
        ] as [(String, String?, String)]
    )
    func complains(text: String, secret: String?, expected: String) {
        #expect(StandardError.line("error: ", text, hiding: secret) == expected)
    }
}

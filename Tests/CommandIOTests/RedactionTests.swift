import Testing

@testable import CommandIO

@Suite("Secrets in text for people")
struct RedactionTests {
    private func shown(_ text: String, _ arguments: [String] = [], _ environment: [String: String] = [:]) -> String {
        let redaction = Redaction(arguments: arguments, environment: environment, tokenVariable: "TOKEN")
        return redaction.applied(to: SafeText(escaping: text)).description
    }

    @Test(
        "A token is hidden in each spelling in which a server may send it back",
        arguments: [
            ("it is s3cr/et+\"x\"", "it is <token>"), ("s3cr%2Fet%2B%22x%22 s3cr%2fet%2b%22x%22", "<token> <token>"),
            (#"{"got":"s3cr/et+\"x\""} s3cr\/et+\"x\""#, #"{"got":"<token>"} <token>"#),
            ("czNjci9ldCsieCI= QmVhcmVyIHMzY3IvZXQrIngi", "<token> <token>"), ("czNjci9ldCsieCI", "<token>"),
            ("s3cr/et+ is not all of it", "s3cr/et+ is not all of it"),
            ("it was cut: s3cr/et...", "it was cut: <token>..."), ("and: s3cr/et", "and: <token>"), ("", ""),
        ]
    )
    func spellings(text: String, expected: String) {
        let token = "s3cr/et+\"x\""
        for arguments in [["--token", token], ["tail", "--token=\(token)"]] {
            #expect(self.shown(text, arguments) == expected)
        }
        #expect(self.shown(text, [], ["TOKEN": token]) == expected)
    }

    @Test(
        "Credentials in fields, URLs and proxies are hidden; what is no secret stays",
        arguments: [
            (["-H", "Authorization: Basic YWRhOmg0eA=="], "YWRhOmg0eA== Basic", "<header> Basic"),
            (["--header=X-Api-Key:k3y"], "k3y", "<header>"), (["--header", "X-Team: blue"], "blue", "blue"),
            (["-H", "X-Other: 0123456789abcdef"], "0123456789abcdef", "<header>"),
            (["ws://h/p?access_token=q1w2e3&count=1000"], "q1w2e3 of 1000", "<query> of 1000"),
            (["ws://h/p?sig=a%2Fbcd"], "a/bcd a%2Fbcd", "<query> <query>"),
            (["ws://ada:pa55w0rd@h/"], "pa55w0rd", "<credentials>"),
            (["--token"], "nothing", "nothing"), (["--token", "ab"], "ab", "ab"),
            (["a@", "?", "?=", "#"], "a@ ?", "a@ ?"),
        ]
    )
    func arguments(arguments: [String], text: String, expected: String) {
        #expect(self.shown(text, arguments) == expected)
    }

    @Test(
        "A proxy's password is hidden in each spelling, with a scheme or without",
        arguments: ["http://", "", "socks5://"]
    )
    func proxies(scheme: String) {
        let environment = ["HTTPS_PROXY": "\(scheme)ada:p%40ss-w0rd@proxy:3128/"]
        let text = "p@ss-w0rd p%40ss-w0rd YWRhOnBAc3MtdzByZA== proxy:3128"
        let expected = "<credentials> <credentials> <credentials> proxy:3128"
        #expect(self.shown(text, [], environment) == expected)
    }
}

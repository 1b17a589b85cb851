import Testing

@testable import wsstream

@Suite("The hosts that need no proxy")
struct NoProxyListTests {
    @Test(
        "Names match label by label, addresses as addresses, networks by their bits, and ports if given",
        arguments: [
            ("example.com", "example.com", 80, true), ("example.com", "a.example.com", 80, true),
            ("example.com", "b.a.example.com", 443, true), ("example.com", "notexample.com", 80, false),
            ("example.com", "example.com.evil.test", 80, false), ("example.com", "com", 80, false),
            (".example.com", "a.example.com", 80, true), (".example.com", "example.com", 80, true),
            (".example.com", "notexample.com", 80, false), ("*.example.com", "a.example.com", 80, true),
            ("EXAMPLE.com", "a.example.COM", 80, true), ("example.com.", "example.com", 80, true),
            ("example.com", "example.com.", 80, true), ("a.example.com", "example.com", 80, false),
            ("*", "example.com", 80, true), ("*", "::1", 80, true), ("*x", "x", 80, false),
            ("a, b ,example.com", "example.com", 80, true), ("a b\texample.com", "example.com", 80, true),
            (",,", "example.com", 80, false), ("", "example.com", 80, false), (".", "example.com", 80, false),
            ("example.com:8080", "example.com", 8080, true), ("example.com:8080", "a.example.com", 8080, true),
            ("example.com:8080", "example.com", 80, false), ("example.com:x", "example.com", 80, false),
            ("example.com:0", "example.com", 80, false), ("example.com:", "example.com", 80, false),
            ("10.1.2.3", "10.1.2.3", 80, true), ("10.1.2.3", "10.1.2.4", 80, false),
            ("10.1.2.3:81", "10.1.2.3", 81, true), ("10.1.2.3:81", "10.1.2.3", 80, false),
            ("0.1.2.3", "10.1.2.3", 80, false), ("2.3", "10.1.2.3", 80, false),
            ("10.0.0.0/8", "10.255.0.1", 80, true), ("10.0.0.0/8", "11.0.0.1", 80, false),
            ("10.1.2.3/8", "10.9.9.9", 80, true), ("192.168.4.0/22", "192.168.7.255", 80, true),
            ("192.168.4.0/22", "192.168.8.0", 80, false), ("0.0.0.0/0", "1.2.3.4", 80, true),
            ("0.0.0.0/0", "::1", 80, false), ("0.0.0.0/0", "example.com", 80, false),
            ("10.0.0.0/33", "10.0.0.0", 80, false), ("10.0.0.0/", "10.0.0.0", 80, false),
            ("10.0.0.0/-1", "10.0.0.0", 80, false), ("10.0.0.0/+8", "10.0.0.0", 80, false),
            ("2001:db8::1", "2001:db8:0:0::1", 80, true), ("2001:db8::1", "2001:db8::2", 80, false),
            ("[2001:db8::1]", "2001:db8::1", 80, true), ("[2001:db8::1]:81", "2001:db8::1", 81, true),
            ("[2001:db8::1]:81", "2001:db8::1", 80, false), ("fe80::/10", "febf::1", 80, true),
            ("fe80::/10", "fec0::1", 80, false), ("::ffff:10.0.0.1", "10.0.0.1", 80, false),
        ]
    )
    func table(list: String, host: String, port: Int, isDirect: Bool) {
        #expect(NoProxyList(list).contains(host: host, port: port) == isDirect)
    }
}

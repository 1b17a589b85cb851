/// 7.1.1-7.13.2: the closing handshake, and the content of a Close frame (§5.5.1, §7.4).
enum ClosingCases {
    static let all = Self.behaviour + Self.payloads + Self.validCodes + Self.invalidCodes + Self.outOfRange

    private static let hello = PeerFrame.text("Hello World!")
    private static let large = PeerFrame.text([UInt8](repeating: 0x2A, count: 256 * 1024))

    private static let behaviour: [ConformanceCase] = [
        .closing("7.1.1", "text, then Close", [.send([Self.hello, .close(1000)])], [Self.hello], answer: 1000),
        .closing("7.1.2", "two Closes", [.send([.close(1000), .close(1000)])], answer: 1000),
        .closing("7.1.3", "a Ping behind the Close", [.send([.close(1000), .ping()])], answer: 1000),
        .closing("7.1.4", "text behind the Close", [.send([.close(1000), Self.hello])], answer: 1000),
        .closing(
            "7.1.5",
            "a Close inside a fragmented message",
            [
                .send([
                    .text("fragment1", isFinal: false), .close(1000), .continuation("fragment2"),
                ])
            ],
            answer: 1000
        ),
        .closing(
            "7.1.6",
            "256 KiB, text, Close, Ping",
            [.send([Self.large, Self.hello, .close(1000), .ping()])],
            [Self.large, Self.hello],
            answer: 1000
        ),
    ]

    private static let payloads: [ConformanceCase] = [
        .closing("7.3.1", "an empty Close", [.send([.emptyClose])], answer: nil),
        .bad("7.3.2", "a Close of one byte", [.send([PeerFrame(opcode: 8, payload: [0x61])])]),
        .closing("7.3.3", "a Close with a code", [.send([.close(1000)])], answer: 1000),
        .closing("7.3.4", "a Close with a reason", [.send([.close(1000, "Hello World!")])], answer: 1000),
        .closing("7.3.5", "a reason of 123", [.send([.close(1000, Self.reason(123))])], answer: 1000),
        .bad("7.3.6", "a reason of 124", [.send([.close(1000, Self.reason(124))])]),
        .bad("7.5.1", "a reason that is not UTF-8", [.send([.close(1000, UTF8Samples.invalid)])], code: 1007),
    ]

    private static func reason(_ count: Int) -> [UInt8] { [UInt8](repeating: 0x2A, count: count) }

    private static let validCodes = [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
    ].enumerated().map { index, code in
        ConformanceCase.closing("7.7.\(index + 1)", "code \(code)", [.send([.close(code)])], answer: code)
    }

    private static let invalidCodes = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999].enumerated().map {
        index,
        code in
        ConformanceCase.bad("7.9.\(index + 1)", "code \(code)", [.send([.close(code)])])
    }

    /// The testsuite only reports the result here. RFC 6455 §7.4 does not define codes from 5000, so they are errors
    /// here.
    private static let outOfRange = [5000, 65_535].enumerated().map { index, code in
        ConformanceCase.bad("7.13.\(index + 1)", "code \(code)", [.send([.close(code)])])
    }
}

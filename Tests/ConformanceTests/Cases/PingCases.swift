/// 2.1-2.11: each Ping is answered with its payload; unsolicited Pongs are not answered (§5.5.2, §5.5.3).
enum PingCases {
    private static let binary: [UInt8] = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF]
    private static let longest = [UInt8](repeating: 0xFE, count: 125)
    private static let hello = Array("Hello, world!".utf8)
    private static let ten = (0..<10).map { PeerFrame.ping(Array("payload-\($0)".utf8)) }

    static let all: [ConformanceCase] = [
        .good("2.1", "empty Ping", [.send([.ping()])], [.pong()]),
        .good("2.2", "Ping with text", [.send([.ping(Self.hello)])], [.pong(Self.hello)]),
        .good("2.3", "Ping with bytes", [.send([.ping(Self.binary)])], [.pong(Self.binary)]),
        .good("2.4", "Ping of 125", [.send([.ping(Self.longest)])], [.pong(Self.longest)]),
        .bad("2.5", "Ping of 126", [.send([.ping(Self.longest + [0xFE])])]),
        .good("2.6", "Ping of 125 per octet", [.send([.ping(Self.longest)], .pieces(1))], [.pong(Self.longest)]),
        .good("2.7", "Pong, empty, unsolicited", [.send([.pong()])], []),
        .good("2.8", "Pong, unsolicited", [.send([.pong(Self.hello)])], []),
        .good(
            "2.9",
            "Pong, unsolicited, then a Ping",
            [.send([.pong(Self.hello), .ping(Self.binary)])],
            [
                .pong(Self.binary)
            ]
        ),
        .good("2.10", "ten Pings", [.send(Self.ten)], Self.ten.map { .pong($0.payload) }),
        .good("2.11", "ten Pings per octet", [.send(Self.ten, .pieces(1))], Self.ten.map { .pong($0.payload) }),
    ]
}

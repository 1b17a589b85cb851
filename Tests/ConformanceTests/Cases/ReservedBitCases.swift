/// 3.1-3.7: no extension uses the reserved bits, so each of them fails the connection (§5.2).
///
/// Earlier messages are still echoed.
enum ReservedBitCases {
    private static let hello = PeerFrame.text("Hello, world!")
    private static let ping = PeerFrame.ping()
    private static let bytes: [UInt8] = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF]

    private static func after(_ reserved: UInt8, _ chopping: PeerStep.Chopping) -> PeerStep {
        .send([Self.hello, Self.hello.with(reserved: reserved), Self.ping], chopping)
    }

    static let all: [ConformanceCase] = [
        .bad("3.1", "RSV 1 on the first text", [.send([Self.hello.with(reserved: 1)])]),
        .bad("3.2", "text, then RSV 2", [Self.after(2, .whole)], [Self.hello]),
        .bad("3.3", "text, then RSV 3, frame by frame", [Self.after(3, .byFrame)], [Self.hello]),
        .bad("3.4", "text, then RSV 4, per octet", [Self.after(4, .pieces(1))], [Self.hello]),
        .bad("3.5", "RSV 5 on binary", [.send([.binary(Self.bytes).with(reserved: 5)])]),
        .bad("3.6", "RSV 6 on a Ping", [.send([Self.ping.with(reserved: 6)])]),
        .bad("3.7", "RSV 7 on a Close", [.send([PeerFrame.close(1000).with(reserved: 7)])]),
    ]
}

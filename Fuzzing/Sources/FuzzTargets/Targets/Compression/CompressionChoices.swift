import WebSocketProtocol

/// The agreement on compression; two bytes of the input decide it.
struct CompressionChoices {
    let role: Role
    let limits: MessageLimits
    let deflate: NegotiatedDeflate

    init(from input: inout FuzzInput) {
        let choices = input.byte()
        let windows = input.byte()
        self.role = choices & 1 == 0 ? .client : .server
        var limits = MessageLimits()
        limits.maximumMessageBytes = [0, 1, 17, 126, 300, 5_000, 70_000, 1 << 40][Int(choices >> 1 & 7)]
        limits.maximumFragments = choices & 0x10 == 0 ? 100 : 3
        self.limits = limits
        self.deflate = NegotiatedDeflate(
            own: .init(windowBits: Self.windowBits(windows & 7), contextTakeover: choices & 0x20 == 0),
            peer: .init(windowBits: Self.windowBits(windows >> 3 & 7), contextTakeover: choices & 0x40 == 0)
        )
    }

    private static func windowBits(_ choice: UInt8) -> Int { 8 + Int(choice) }
}

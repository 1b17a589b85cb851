/// 4.1.1-4.1.5, 4.2.1-4.2.5: reserved opcodes fail the connection (§5.2); earlier messages are still echoed.
enum OpcodeCases {
    private static let hello = PeerFrame.text("Hello, world!")

    static let all = Self.group("4.1", first: 3) + Self.group("4.2", first: 11)

    private static func group(_ id: String, first: UInt8) -> [ConformanceCase] {
        let empty = PeerFrame(opcode: first)
        let full = Self.hello.with(opcode: first + 1)
        return [
            .bad("\(id).1", "opcode \(first), empty", [.send([empty])]),
            .bad("\(id).2", "opcode \(first + 1), with payload", [.send([full])]),
            Self.afterText("\(id).3", PeerFrame(opcode: first + 2), .whole),
            Self.afterText("\(id).4", Self.hello.with(opcode: first + 3), .byFrame),
            Self.afterText("\(id).5", Self.hello.with(opcode: first + 4), .pieces(1)),
        ]
    }

    private static func afterText(
        _ id: String,
        _ frame: PeerFrame,
        _ chopping: PeerStep.Chopping
    ) -> ConformanceCase {
        let title = "text, then opcode \(frame.opcode), \(chopping)"
        return .bad(id, title, [.send([Self.hello, frame, .ping()], chopping)], [Self.hello])
    }
}

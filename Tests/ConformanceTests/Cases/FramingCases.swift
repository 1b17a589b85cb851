/// 1.1.1-1.1.8, 1.2.1-1.2.8: one message in one frame, at the limits of the length forms (RFC 6455 §5.2).
enum FramingCases {
    static let sizes = [0, 125, 126, 127, 128, 65_535, 65_536, 65_536]

    static let all = Self.group("1.1", opcode: 1, byte: 0x2A) + Self.group("1.2", opcode: 2, byte: 0xFE)

    private static func group(_ id: String, opcode: UInt8, byte: UInt8) -> [ConformanceCase] {
        Self.sizes.enumerated().map { index, size in
            let frame = PeerFrame(opcode: opcode, payload: [UInt8](repeating: byte, count: size))
            let isChopped = index == Self.sizes.count - 1
            let title = "\(opcode == 1 ? "text" : "binary") of \(size)\(isChopped ? " in pieces of 997" : "")"
            let step = PeerStep.send([frame], isChopped ? .pieces(997) : .whole)
            return .good("\(id).\(index + 1)", title, [step], [frame])
        }
    }
}

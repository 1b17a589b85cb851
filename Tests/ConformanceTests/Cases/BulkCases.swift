/// 9.1.1-9.8.6 and 10.1.1: large messages, many fragments, many writes, many round trips.
///
/// Bounded runs take a sixteenth of each size over 256 KiB and a tenth of the round trips; see ``Extent``.
enum BulkCases {
    private static let kilobyte = 1024
    private static let megabyte = 1024 * 1024

    static let all = [1, 2].flatMap { opcode in
        Self.sizes(opcode) + Self.fragments(opcode) + Self.chopped(opcode) + Self.roundTrips(opcode)
    }

    static let autoFragmentation: [ConformanceCase] = [
        Self.echo("10.1.1", PeerFrame(opcode: 1, payload: [UInt8](repeating: 0x2A, count: 65_536)), fragment: 1300)
    ]

    private static func sizes(_ opcode: UInt8) -> [ConformanceCase] {
        let sizes = [64 * Self.kilobyte, 256 * Self.kilobyte] + [1, 4, 8, 16].map { $0 * Self.megabyte }
        return sizes.enumerated().map { index, size in
            let frame = Self.message(opcode, size > 256 * Self.kilobyte ? Extent.bounded(size, by: 16) : size)
            return .good("9.\(opcode).\(index + 1)", "\(frame.payload.count) bytes", [.send([frame])], [frame])
        }
    }

    private static func fragments(_ opcode: UInt8) -> [ConformanceCase] {
        let message = Self.message(opcode, Extent.bounded(4 * Self.megabyte, by: 16))
        return (0..<9).map { index in
            let size = 64 << (2 * index)
            return Self.echo("9.\(opcode + 2).\(index + 1)", message, fragment: min(size, message.payload.count))
        }
    }

    private static func chopped(_ opcode: UInt8) -> [ConformanceCase] {
        let message = Self.message(opcode, Extent.bounded(Self.megabyte, by: 16))
        return (0..<6).map { index in
            let size = 64 << index
            let title = "\(message.payload.count) bytes in pieces of \(size)"
            return .good("9.\(opcode + 4).\(index + 1)", title, [.send([message], .pieces(size))], [message])
        }
    }

    private static func roundTrips(_ opcode: UInt8) -> [ConformanceCase] {
        let count = Extent.bounded(1000, by: 10)
        return [0, 16, 64, 256, 1024, 4096].enumerated().map { index, size in
            let frame = Self.message(opcode, size)
            return .good(
                "9.\(opcode + 6).\(index + 1)",
                "\(count) round trips of \(size)",
                [.roundTrips(frame, count: count)],
                Array(repeating: frame, count: count)
            )
        }
    }

    private static func echo(_ id: String, _ message: PeerFrame, fragment size: Int) -> ConformanceCase {
        let title = "\(message.payload.count) bytes in fragments of \(size)"
        return .good(id, title, [.send(PeerFrame.fragments(of: message, size: size))], [message])
    }

    private static func message(_ opcode: UInt8, _ size: Int) -> PeerFrame {
        PeerFrame(opcode: opcode, payload: [UInt8](repeating: opcode == 1 ? 0x2A : 0xFE, count: size))
    }
}

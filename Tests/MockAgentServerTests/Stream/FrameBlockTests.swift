import Testing
import WebSocketProtocol
import WorkspaceProtocol

@testable import MockAgentServer

@Suite("Frames of the server")
struct FrameBlockTests {
    /// A frame without its payload.
    private struct Frame: Equatable {
        var opcode: UInt8
        var isFinal: Bool
        var count: Int
    }

    private static func frames(_ block: FrameBlock) -> [Frame] {
        var frames: [Frame] = []
        var rest = block.bytes[...]
        while let first = rest.first {
            let start = rest.startIndex
            let (header, count) =
                switch rest[start + 1] {
                case 126: (4, rest[(start + 2)..<(start + 4)].reduce(0) { $0 << 8 | Int($1) })
                case 127: (10, rest[(start + 2)..<(start + 10)].reduce(0) { $0 << 8 | Int($1) })
                case let length: (2, Int(length))
                }
            frames.append(Frame(opcode: first & 0xF, isFinal: first & 0x80 != 0, count: count))
            rest = rest.dropFirst(header + count)
        }
        return frames
    }

    /// gorilla's write buffer has 4096 bytes, 14 of them for the header; it does not buffer twice its size.
    @Test(
        "The style of gorilla fragments as gorilla does",
        arguments: [
            (200, [Frame(opcode: 1, isFinal: true, count: 201)]),
            (4081, [Frame(opcode: 1, isFinal: true, count: 4082)]),
            (4082, [Frame(opcode: 1, isFinal: false, count: 4082), Frame(opcode: 0, isFinal: true, count: 1)]),
            (
                8191,
                [
                    Frame(opcode: 1, isFinal: false, count: 4082), Frame(opcode: 0, isFinal: false, count: 4082),
                    Frame(opcode: 0, isFinal: true, count: 28),
                ]
            ),
            (8192, [Frame(opcode: 1, isFinal: false, count: 8193), Frame(opcode: 0, isFinal: true, count: 0)]),
        ]
    )
    private func gorilla(bytes: Int, frames: [Frame]) {
        var block = FrameBlock()
        block.append(EventGenerator.text(bytes: bytes), style: .gorilla)
        #expect(Self.frames(block) == frames)
    }

    @Test("The plain style takes one frame for any size", arguments: [100, 125, 126, 9000, 65_536])
    func plain(bytes: Int) {
        var block = FrameBlock()
        block.append(EventGenerator.text(bytes: bytes), style: .plain)
        #expect(Self.frames(block) == [Frame(opcode: 1, isFinal: true, count: bytes)])
    }

    @Test(
        "A message that fits exactly is not followed by an empty fragment",
        arguments: [(6, 3, 2), (7, 3, 3), (0, 3, 1)]
    )
    func fragments(count: Int, size: Int, frames: Int) {
        var block = FrameBlock()
        block.appendFragments([UInt8](repeating: 65, count: count), size: size)
        #expect(Self.frames(block).count == frames)
        #expect(Self.frames(block).last?.isFinal == true)
    }
}

import TestSupport
import Testing
import WorkspaceFollowing

/// A shell whose output is known: its bytes, the frames in which they are sent, and its ring.
struct ShellModel {
    let bytes: [UInt8]
    let frameEnds: [Int]
    let style: ShellDecoder.Style
    let rules: ShellRingRules

    /// The state of every byte that frames can show: whether it is in a character that a frame shows as such.
    let isReadable: [Bool]

    private let frames: [String]

    init(
        bytes: [UInt8],
        frameBytes: ClosedRange<Int>,
        style: ShellDecoder.Style,
        rules: ShellRingRules,
        using random: inout SplitMix64
    ) {
        self.bytes = bytes
        self.style = style
        self.rules = rules
        var ends: [Int] = []
        var frames: [String] = []
        var isReadable = [Bool](repeating: true, count: bytes.count)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + Int.random(in: frameBytes, using: &random))
            let decoded = ShellDecoder(bytes[start..<end], style: style)
            frames.append(decoded.text)
            for piece in decoded.pieces where !piece.isCharacter {
                for index in piece.start..<piece.start + piece.length { isReadable[start + index] = false }
            }
            ends.append(end)
            start = end
        }
        self.frameEnds = ends
        self.frames = frames
        self.isReadable = isReadable
    }

    var frameCount: Int { self.frames.count }

    func frame(_ index: Int) -> String { self.frames[index] }

    /// How many bytes the shell has written before a frame.
    func start(of frame: Int) -> Int { frame == 0 ? 0 : self.frameEnds[frame - 1] }

    /// The ring after so many frames, and the number of bytes before it.
    func ring(afterFrames count: Int) -> (decoded: ShellDecoder, start: Int) {
        let end = self.start(of: count)
        let start = max(0, end - self.rules.ringBytes)
        return (ShellDecoder(self.bytes[start..<end], style: self.style), start)
    }
}

import TestSupport

/// What a program may write to a shell. What repeats is shorter than the rings of the tests: a loop that is longer than
/// the ring can't be seen in it.
enum ShellTexts: CaseIterable {
    case logLines, equalLines, fewLines, spinner, logsAndSpinners, progressBars, chinese, emoji, mixedScripts
    case invalidBytes, binary, prompts, repeatedFile, oneLetter

    /// Whether two places of the text are hardly ever equal over 32 bytes.
    var isUnique: Bool {
        switch self {
        case .logLines, .chinese, .emoji, .mixedScripts: true
        default: false
        }
    }

    /// Makes at least so many bytes of the text.
    func bytes(count: Int, using random: inout SplitMix64) -> [UInt8] {
        var bytes: [UInt8] = []
        var line = Int.random(in: 0..<1_000, using: &random)
        let shape = Shape(using: &random)
        while bytes.count < count {
            line += 1
            bytes += self.piece(line, shape, using: &random)
        }
        return bytes
    }

    /// What stays the same in one text.
    private struct Shape {
        let line: String
        let file: [UInt8]
        let prompt: String

        init(using random: inout SplitMix64) {
            let width = Int.random(in: 1...90, using: &random)
            self.line = String(repeating: "=-", count: width / 2) + (width.isMultiple(of: 2) ? "" : "!") + "\r\n"
            self.file = (0..<Int.random(in: 20...80, using: &random)).map { _ in
                UInt8.random(in: 0x20...0x7E, using: &random)
            }
            self.prompt = "\u{1B}[32muser@host\u{1B}[0m:~/src/project$ "
        }
    }

    private func piece(_ line: Int, _ shape: Shape, using random: inout SplitMix64) -> [UInt8] {
        switch self {
        case .logLines: return Array(Self.logLine(line, using: &random).utf8)
        case .equalLines: return Array(shape.line.utf8)
        case .fewLines:
            return Array(["ok\r\n", "warning: unused\r\n", shape.line][.random(in: 0..<3, using: &random)].utf8)
        case .spinner: return Array("\r\(["|", "/", "-", "\\"][line % 4])".utf8)
        case .logsAndSpinners:
            if Bool.random(using: &random) { return Array(Self.logLine(line, using: &random).utf8) }
            return (0..<Int.random(in: 1...60, using: &random)).flatMap {
                Array("\r\(["|", "/", "-", "\\"][$0 % 4])".utf8)
            }
        case .progressBars:
            let percent = line % 101
            let bar = String(repeating: "#", count: percent / 4) + String(repeating: " ", count: 25 - percent / 4)
            return Array("\r[\(bar)] \(percent)% of file \(line / 101)".utf8)
        case .chinese: return Self.characters(in: 0x4E00...0x9FA5, using: &random)
        case .emoji: return Self.characters(in: 0x1F600...0x1F64F, using: &random)
        case .mixedScripts:
            let range: ClosedRange<UInt32> = [0x20...0x7E, 0xA1...0x17F, 0x4E00...0x9FA5, 0x1F600...0x1F64F]
                .randomElement(
                    using: &random
                )!
            return Self.characters(in: range, using: &random)
        case .invalidBytes:
            let kind = Int.random(in: 0..<6, using: &random)
            if kind == 0 { return [[0xFF, 0xFE, 0xC0, 0x80, 0xE4, 0xF0][.random(in: 0..<6, using: &random)]] }
            if kind == 1 { return [0xE4, 0xB8] }
            if kind == 2 { return [0xEF, 0xBF, 0xBD] }
            return Array(Self.logLine(line, using: &random).utf8.prefix(Int.random(in: 1...40, using: &random)))
        case .binary: return [UInt8.random(in: 0...255, using: &random)]
        case .prompts:
            return Array(
                (shape.prompt + ["ls\r\na.txt  b.txt\r\n", "make\r\n", "\r\n"].randomElement(using: &random)!).utf8
            )
        case .repeatedFile: return shape.file
        case .oneLetter: return [0x61]
        }
    }

    private static func characters(in range: ClosedRange<UInt32>, using random: inout SplitMix64) -> [UInt8] {
        let scalars = (0..<8).compactMap { _ in Unicode.Scalar(UInt32.random(in: range, using: &random)) }
        return scalars.flatMap { Array(String($0).utf8) }
    }

    private static func logLine(_ line: Int, using random: inout SplitMix64) -> String {
        let module = ["Core", "Network", "Storage"].randomElement(using: &random)!
        let size = Int.random(in: 0..<100_000, using: &random)
        return "[\(line)/2400] Compiling \(module) file\(size).swift (\(size % 977) ms)\r\n"
    }
}

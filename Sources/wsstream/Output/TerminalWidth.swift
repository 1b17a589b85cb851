#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Computes the number of columns of a terminal and of a text.
enum TerminalWidth {
    /// The current width; it may change at any time.
    ///
    /// - Parameter descriptor: A terminal.
    /// - Returns: Its columns; 80 if it does not say.
    static func columns(of descriptor: CInt) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// The longest start of the text that fits; no character is cut.
    static func cut(_ text: String, to columns: Int) -> String {
        var room = columns
        let end = text.firstIndex { character in
            room -= Self.columns(of: character)
            return room < 0
        }
        return String(text[..<(end ?? text.endIndex)])
    }

    /// The columns of a character: those of its widest scalar, because combining scalars take none.
    private static func columns(of character: Character) -> Int {
        character.unicodeScalars.reduce(0) { max($0, Self.columns(of: $1)) }
    }

    private static func columns(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: 0
        default: Self.wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The ranges of the wide East Asian characters (UAX #11), and of emoji.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615,
        0x2648...0x2653, 0x2693...0x2693, 0x26A1...0x26A1, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x2705...0x2705,
        0x2728...0x2728, 0x274C...0x274C, 0x2753...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50...0x2B50,
        0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F,
        0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F202, 0x1F210...0x1F23B, 0x1F240...0x1F265,
        0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F90C...0x1FAFF, 0x20000...0x3FFFD,
    ]
}

/// Byte sequences that are UTF-8 or not (RFC 3629 §3, §4), in the groups of Markus Kuhn's stress test.
///
/// The sequences are computed from the rules, not copied. The standard library checks the claim about each.
enum UTF8Samples {
    /// A group of the table: either all its sequences are valid, or none.
    struct Group: Sendable {
        var id: String
        var title: String
        var isValid: Bool
        var sequences: [[UInt8]]
    }

    /// Greek: two bytes per character, except for one of three bytes.
    static let kosme: [UInt8] = [0xCE, 0xBA, 0xE1, 0xBD, 0xB9, 0xCF, 0x83, 0xCE, 0xBC, 0xCE, 0xB5]
    /// The first value above U+10FFFF.
    static let aboveUnicode: [UInt8] = [0xF4, 0x90, 0x80, 0x80]
    /// Text with a surrogate in it.
    static let invalid: [UInt8] = Self.kosme + [0xED, 0xA0, 0x80] + Array("edited".utf8)

    /// The positions where a prefix of ``kosme`` ends between two characters.
    private static let borders: Set<Int> = [2, 5, 7, 9, 11]

    static let groups: [Group] = Self.prefixes + Self.lengths + Self.malformed + Self.overlong + Self.special

    private static let prefixes: [Group] =
        [
            Group(
                id: "6.5",
                title: "valid",
                isValid: true,
                sequences: [[0x24], [0xC2, 0xA2], [0xE2, 0x82, 0xAC], [0xF0, 0xA4, 0xAD, 0xA2]].map(Self.inText)
                    + [Self.kosme]
            )
        ]
        + (1...Self.kosme.count).map { count in
            Group(
                id: "6.6.\(count)",
                title: "prefix of \(count) bytes",
                isValid: Self.borders.contains(count),
                sequences: [Array(Self.kosme.prefix(count))]
            )
        }

    private static func inText(_ sequence: [UInt8]) -> [UInt8] {
        Array("hello".utf8) + sequence + Array("world".utf8)
    }

    /// The first byte of a sequence of 2 to 6 bytes; RFC 3629 no longer allows 5 and 6.
    private static func leading(_ length: Int) -> UInt8 { UInt8(truncatingIfNeeded: 0xFF00 >> length) }

    /// A value in a sequence of a given length; it may be overlong, a surrogate, or too large.
    private static func encode(_ value: UInt32, length: Int) -> [UInt8] {
        guard length > 1 else { return [UInt8(truncatingIfNeeded: value)] }
        let tail = (0..<(length - 1)).reversed().map { 0x80 | UInt8(truncatingIfNeeded: value >> ($0 * 6)) & 0x3F }
        return [Self.leading(length) | UInt8(truncatingIfNeeded: value >> ((length - 1) * 6))] + tail
    }

    private static func encode(_ value: UInt32) -> [UInt8] {
        Self.encode(value, length: value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4)
    }

    /// The largest value in a sequence of a given length.
    private static func largest(_ length: Int) -> UInt32 { (UInt32(1) << (length * 5 + 1)) - 1 }

    private static let lengths: [Group] = [
        Group(
            id: "6.7",
            title: "first of a length",
            isValid: true,
            sequences: [0, 0x80, 0x800, 0x10000].map { Self.encode($0) }
        ),
        Group(
            id: "6.8",
            title: "first of a length that is no more",
            isValid: false,
            sequences: [Self.encode(0x20_0000, length: 5), Self.encode(0x400_0000, length: 6)]
        ),
        Group(
            id: "6.9",
            title: "last of a length",
            isValid: true,
            sequences: [0x7F, 0x7FF, 0xFFFF, 0x10_FFFF].map { Self.encode($0) }
        ),
        Group(
            id: "6.10",
            title: "last of a length that is no more",
            isValid: false,
            sequences: (4...6).map { Self.encode(Self.largest($0), length: $0) }
        ),
        Group(
            id: "6.11",
            title: "at a border",
            isValid: true,
            sequences: [0xD7FF, 0xE000, 0xFFFD, 0x10_FFFF].map { Self.encode($0) }
        ),
        Group(id: "6.11.5", title: "above the last", isValid: false, sequences: [Self.aboveUnicode]),
    ]

    private static let malformed: [Group] = [
        Group(
            id: "6.12",
            title: "continuation bytes alone",
            isValid: false,
            sequences: [[0x80], [0xBF]] + (2...6).map { count in (0..<count).map { $0 % 2 == 0 ? 0x80 : 0xBF } }
                + [Array(0x80...0xBF)]
        ),
        Group(
            id: "6.13",
            title: "leading bytes alone",
            isValid: false,
            sequences: ([0xC0...0xDF, 0xE0...0xEF, 0xF0...0xF7, 0xF8...0xFB, 0xFC...0xFD] as [ClosedRange<UInt8>])
                .map { $0.flatMap { [$0, 0x20] } }
        ),
        Group(id: "6.14", title: "last byte missing", isValid: false, sequences: Self.cut),
        Group(id: "6.15", title: "all of them in a row", isValid: false, sequences: [Array(Self.cut.joined())]),
        Group(
            id: "6.16",
            title: "impossible bytes",
            isValid: false,
            sequences: [[0xFE], [0xFF], [0xFE, 0xFE, 0xFF, 0xFF]]
        ),
    ]

    private static let cut: [[UInt8]] =
        (2...6).map { Array(Self.encode(0, length: $0).dropLast()) }
        + (2...6).map { Array(Self.encode(Self.largest($0), length: $0).dropLast()) }

    private static let overlong: [Group] = [
        Group(
            id: "6.17",
            title: "overlong slash",
            isValid: false,
            sequences: (2...6).map { Self.encode(0x2F, length: $0) }
        ),
        Group(
            id: "6.18",
            title: "largest overlong",
            isValid: false,
            sequences: [0x7F, 0x7FF, 0xFFFF, 0x1F_FFFF, 0x3FF_FFFF].enumerated().map { index, value in
                Self.encode(value, length: index + 2)
            }
        ),
        Group(
            id: "6.19",
            title: "overlong NUL",
            isValid: false,
            sequences: (2...6).map { Self.encode(0, length: $0) }
        ),
    ]

    private static let special: [Group] = [
        Group(
            id: "6.20",
            title: "surrogate alone",
            isValid: false,
            sequences: [0xD800, 0xDB7F, 0xDB80, 0xDBFF, 0xDC00, 0xDF80, 0xDFFF].map { Self.encode($0) }
        ),
        Group(
            id: "6.21",
            title: "surrogates in a pair",
            isValid: false,
            sequences: [0xD800, 0xDB7F, 0xDB80, 0xDBFF].flatMap { high in
                [0xDC00, 0xDFFF].map { Self.encode(high) + Self.encode($0) }
            }
        ),
        Group(
            id: "6.22",
            title: "non-character",
            isValid: true,
            sequences: (0...16).flatMap { plane in [0xFFFE, 0xFFFF].map { Self.encode(plane << 16 | $0) } }
        ),
        Group(
            id: "6.23",
            title: "special",
            isValid: true,
            sequences: (0xFFF9...0xFFFF).map { Self.encode($0) }
        ),
    ]
}

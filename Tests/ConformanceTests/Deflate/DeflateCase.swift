import Testing

/// One case of groups 12 and 13: round trips of compressed messages.
struct DeflateCase: Sendable, CustomTestStringConvertible {
    /// The demand of one side on the other's compressor: no context, and a window of a number of bits.
    struct Demand: Sendable, Hashable {
        var noContextTakeover: Bool
        /// 9 to 15, or nil for none.
        var windowBits: Int?
    }

    let id: String
    let kind: PayloadKind
    let size: Int
    /// The payload bytes of each frame that the peer sends, or nil for one frame.
    let fragment: Int?
    /// In order of preference; the other side must follow the first one.
    let demands: [Demand]

    /// The number of messages: 1,000 in full; otherwise as many as fit in 128 KiB, at least 3 and at most 50.
    var count: Int { Extent.isFull ? 1000 : max(3, min(50, 128 * 1024 / self.size)) }

    var testDescription: String {
        let fragments = self.fragment.map { " in fragments of \($0)" } ?? ""
        return "\(self.id) \(self.count) x \(self.size) \(self.kind.rawValue)\(fragments)"
    }

    /// The sizes of the testsuite, then sizes with fragments.
    static let shapes: [(size: Int, fragment: Int?)] =
        [16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072].map { ($0, nil) }
        + [
            (8192, 256), (16_384, 256), (32_768, 256), (65_536, 256), (131_072, 256), (65_536, 1024), (131_072, 4096),
            (131_072, 32_768),
        ]

    /// Group 12: each kind of payload, without demands.
    static let kinds = PayloadKind.allCases.enumerated().flatMap { index, kind in
        Self.group("12.\(index + 1)", kind, [Demand(noContextTakeover: false)])
    }

    /// Group 13: each set of demands.
    static let demands = [
        [Demand(noContextTakeover: false)],
        [Demand(noContextTakeover: true)],
        [Demand(noContextTakeover: false, windowBits: 9)],
        [Demand(noContextTakeover: false, windowBits: 15)],
        [Demand(noContextTakeover: true, windowBits: 9)],
        [Demand(noContextTakeover: true, windowBits: 15)],
        [
            Demand(noContextTakeover: true, windowBits: 9), Demand(noContextTakeover: true),
            Demand(noContextTakeover: false),
        ],
    ].enumerated().flatMap { index, demands in Self.group("13.\(index + 1)", .json, demands) }

    private static func group(_ id: String, _ kind: PayloadKind, _ demands: [Demand]) -> [DeflateCase] {
        Self.shapes.enumerated().map { index, shape in
            DeflateCase(
                id: "\(id).\(index + 1)",
                kind: kind,
                size: shape.size,
                fragment: shape.fragment,
                demands: demands
            )
        }
    }
}

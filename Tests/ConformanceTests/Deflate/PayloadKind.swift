import TestSupport

/// The kinds of content of the messages in groups 12 and 13.
enum PayloadKind: String, Sendable, CaseIterable {
    case json, random, prose, repeated, unicode

    /// The sizes of messages are multiples of this, so that no character of ``unicode`` is split.
    static let recordBytes = 16
    private static let poolBytes = 256 * 1024
    private static let pools = Dictionary(uniqueKeysWithValues: Self.allCases.map { ($0, Self.pool(of: $0)) })

    var opcode: UInt8 { self == .random ? 2 : 1 }

    /// The payload of one message; messages of a case overlap, so a kept context has much to refer to.
    ///
    /// - Parameters:
    ///   - size: A multiple of ``recordBytes``, up to 131,072.
    ///   - index: The number of the message.
    /// - Returns: `size` bytes, always the same.
    func payload(_ size: Int, index: Int) -> [UInt8] {
        let pool = Self.pools[self] ?? []
        let starts = (Self.poolBytes - size) / Self.recordBytes
        let start = index * 37 % starts * Self.recordBytes
        return Array(pool[start..<(start + size)])
    }

    private static func pool(of kind: PayloadKind) -> [UInt8] {
        var random = SplitMix64(seed: 12)
        var pool: [UInt8] = []
        while pool.count < Self.poolBytes { pool += kind.record(using: &random) }
        return Array(pool.prefix(Self.poolBytes))
    }

    private func record(using random: inout SplitMix64) -> [UInt8] {
        switch self {
        case .json:
            let path = "src/file\(Int.random(in: 0...99, using: &random)).swift"
            let line = Int.random(in: 1...999, using: &random)
            return Array("{\"type\":\"file_changed\",\"data\":{\"path\":\"\(path)\",\"line\":\(line)}}\n".utf8)
        case .random: return .random(count: Self.recordBytes, using: &random)
        case .prose: return Array(((Self.words.randomElement(using: &random) ?? "") + " ").utf8)
        case .repeated: return Array("0123456789abcdef".utf8)
        case .unicode:
            let text = Array((Self.scripts.randomElement(using: &random) ?? "").utf8)
            return text + [UInt8](repeating: 0x20, count: Self.recordBytes - text.count)
        }
    }

    private static let words = [
        "a", "window", "of", "bytes", "refers", "back", "to", "what", "was", "said", "before", "and", "compresses",
        "the", "stream", "frame", "by", "frame", "until", "it", "closes",
    ]
    private static let scripts = ["κόσμε", "世界", "Grüße", "🎈🎈", "привет", "שלום", "ﬁn", "ascii"]
}

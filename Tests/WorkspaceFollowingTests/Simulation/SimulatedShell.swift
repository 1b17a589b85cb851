/// The default shell of a simulated agentctl: a ring of bytes, and text in whole frames.
struct SimulatedShell {
    static let ringBytes = 16_384

    /// When it was started, in nanoseconds since 1970.
    var startedAt: Int64
    private var ring: [UInt8] = []
    /// The rest of a character whose first bytes are in the last frame.
    private var rest: [UInt8] = []

    init(startedAt: Int64) { self.startedAt = startedAt }

    /// Takes output into the ring, before it is sent.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - cuts: Whether a character is cut at the end of this frame.
    /// - Returns: The text of the frame.
    mutating func write(_ text: String, cuts: Bool) -> String {
        var bytes = self.rest + Array(text.utf8)
        self.rest = []
        if cuts {
            let character = Array("€".utf8)
            bytes += character.prefix(2)
            self.rest = Array(character.suffix(1))
        }
        self.ring += bytes
        if self.ring.count > Self.ringBytes { self.ring.removeFirst(self.ring.count - Self.ringBytes) }
        return Self.text(of: bytes)
    }

    /// The answer about the ring.
    var buffer: String { Self.text(of: self.ring) }

    /// The text of bytes as Go writes it into JSON: each byte that is no part of a whole character is one U+FFFD.
    static func text(of bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var text = ""
        var index = 0
        while index < bytes.count {
            let length = Self.length(of: bytes[index])
            if index + length <= bytes.count,
                let character = String(validating: bytes[index..<index + length], as: UTF8.self)
            {
                text += character
                index += length
            } else {
                text += "\u{FFFD}"
                index += 1
            }
        }
        return text
    }

    private static func length(of lead: UInt8) -> Int {
        switch lead {
        case 0xC0...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xFF: 4
        default: 1
        }
    }
}

import WorkspaceProtocol

/// The codec of workspace messages against Foundation: both accept the same frames, and read the same from them.
///
/// ``WorkspaceEventDecoder`` documents the allowed differences. This is slow, so it is a separate target.
enum EventsDifferentialTarget: FuzzTarget {
    private static let decoder = WorkspaceEventDecoder()
    private static let encoder = WorkspaceEventEncoder()
    private static let reference = ReferenceDecoder()

    static func run(_ input: FuzzInput) {
        let frame = Array(input.rest)
        guard !self.isOtherEncoding(frame) else { return }
        let event = self.decoder.decode(frame)
        let expected = self.reference.decode(frame)
        let error: WorkspaceProtocolError? = if case .malformed(let it) = event.content { it.error } else { nil }
        switch (expected, error) {
        case (nil, nil):
            // Bytes in a string that are no text are repaired, as in Go.
            let isKnown = event.deviations.contains(.repairedText) || self.hasInexactNumber(frame)
            require(isKnown, "Only Foundation rejects the frame.")
        case (nil, _): break
        case (_, let error?):
            let isKnown =
                self.reference.hasTrailingComma(frame)
                || error.code == .numberOutOfRange && self.hasInexactNumber(frame)
            require(isKnown, "Only Foundation accepts the frame: \(error)")
        case (let expected?, nil):
            let written = self.encoder.encode(event)
            require(written == self.encoder.encode(expected) && event == expected, "Foundation reads another value.")
        }
    }

    /// Whether Foundation may read the frame as UTF-16 or UTF-32, which a WebSocket text never is.
    private static func isOtherEncoding(_ frame: [UInt8]) -> Bool {
        let first = frame.prefix(4)
        return first.contains(0) || first.starts(with: [0xFE, 0xFF]) || first.starts(with: [0xFF, 0xFE])
    }

    /// Whether a number has more digits, or a larger exponent, than a `Double` can hold.
    private static func hasInexactNumber(_ frame: [UInt8]) -> Bool {
        self.hasLongNumber(frame) || self.reference.hasHugeExponent(frame)
    }

    private static func hasLongNumber(_ frame: [UInt8]) -> Bool {
        var digits = 0
        for byte in frame {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case UInt8(ascii: "."): break
            default: digits = 0
            }
            if digits > 15 { return true }
        }
        return false
    }
}

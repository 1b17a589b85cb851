import CByteScan
import WebSocketProtocol

/// Makes one line of a JSON text and changes nothing else.
///
/// Raw control characters can occur only between tokens (RFC 8259 §7); they become spaces. JSON allows some other
/// characters in strings that control a terminal: DEL, the C1 controls, and characters that reorder or break lines.
/// They are escaped, by the rule of `PeerText`. Whitespace and a byte order mark around the text are left out.
enum JSONLine {
    /// Appends the line, without a line break.
    ///
    /// - Parameters:
    ///   - json: A JSON text in UTF-8.
    ///   - bytes: The bytes to append to.
    static func append(_ json: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        let json = self.trimmed(json)
        var (start, position) = (0, 0)
        while let stop = self.nextStop(in: json, from: position) {
            let length = json.withMemoryRebound(to: UInt8.self) { PeerText.lengthToEscape($0, at: stop) }
            position = stop + max(1, length)
            guard length > 0 else { continue }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: json[start..<stop]))
            if json[stop] < 0x20 {
                bytes.append(UInt8(ascii: " "))
            } else {
                let character = String(decoding: json[stop..<position], as: UTF8.self).unicodeScalars.first
                JSONText.append(escape: character?.value ?? 0xFFFD, to: &bytes)
            }
            start = position
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: json[start...]))
    }

    private static func trimmed(_ json: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var (start, end) = (json.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, json.count)
        while start < end, self.isWhitespace(json[start]) { start += 1 }
        while end > start, self.isWhitespace(json[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: json[start..<end])
    }

    private static func isWhitespace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            || byte == UInt8(ascii: "\t")
    }

    /// The place of the next byte that may need a change; such bytes are rare.
    private static func nextStop(in json: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard let base = json.baseAddress else { return nil }
        var position = start
        while position + 16 <= json.count {
            let stops = byte_scan_line_stops(base + position)
            if stops != 0 { return position + stops.trailingZeroBitCount }
            position += 16
        }
        while position < json.count {
            let byte = json[position]
            if byte < 0x20 || [0x7F, 0xC2, 0xD8, 0xE2].contains(byte) { return position }
            position += 1
        }
        return nil
    }
}

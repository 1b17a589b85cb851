import CByteScan

/// Makes one line of a JSON text and changes nothing else.
///
/// Raw control characters are allowed only between tokens (RFC 8259 §7), and become spaces. DEL and the C1 controls are
/// escaped: JSON allows them in strings, but terminals obey them. Whitespace and a byte order mark around the text are
/// removed.
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
            let isControl = json[stop] < 0x20 || json[stop] == 0x7F
            let isC1 = json[stop] == 0xC2 && stop + 1 < json.count && json[stop + 1] < 0xA0
            position = stop + (isC1 ? 2 : 1)
            guard isControl || isC1 else { continue }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: json[start..<stop]))
            if json[stop] < 0x20 {
                bytes.append(UInt8(ascii: " "))
            } else {
                JSONText.append(escape: UInt32(json[position - 1]), to: &bytes)
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
            if byte < 0x20 || byte == 0x7F || byte == 0xC2 { return position }
            position += 1
        }
        return nil
    }
}

import CByteScan

#if RED_CONTROLS
internal import RedControls
#endif

/// Text of a peer, or of any other source, made safe for a message, a log and a terminal.
///
/// The result is one line. It escapes the C0 and C1 controls and DEL, and the characters that reorder or break lines.
/// ESC is one of them, so no text can control a terminal or forge a line. Everything else stays the same, also
/// backslashes: the text is for people.
package struct PeerText: Sendable, Hashable, CustomStringConvertible {
    /// The escaped text.
    package let description: String

    /// Escapes a text.
    package init(_ text: String) {
        var bytes: [UInt8] = []
        Self.append(text, to: &bytes)
        self.description = String(decoding: bytes, as: UTF8.self)
    }

    /// Escapes the beginning of a body; dots show that it was cut, and blanks around it are dropped.
    ///
    /// - Parameters:
    ///   - body: Any bytes; they need not be text.
    ///   - limit: The maximum number of bytes to show.
    package init(body: [UInt8], limit: Int = 200) {
        let text = String(decoding: body.prefix(limit), as: UTF8.self)
        let isBlank = { (character: Character) in character.isWhitespace || character.isNewline }
        let end = text.lastIndex { !isBlank($0) }.map(text.index(after:)) ?? text.startIndex
        self.init(text[..<end].drop(while: isBlank) + (body.count > limit ? "..." : ""))
    }

    /// Escapes a URL or the value of `Location`, without query, fragment, user and password, which may be secrets.
    ///
    /// - Parameters:
    ///   - url: Absolute or relative; it need not be valid.
    ///   - limit: The maximum number of bytes to show.
    package init(url: String, limit: Int = 200) {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        var rest = path.utf8.count < url.utf8.count ? "?..." : ""
        var shown = String(path)
        // The authority begins after two slashes and ends at the next slash.
        if let start = Self.authority(in: path) {
            let authority = path[start...].prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") { shown = path[..<start] + "..." + path[at...] }
        }
        if shown.utf8.count > limit {
            (shown, rest) = (String(decoding: shown.utf8.prefix(limit), as: UTF8.self), "...")
        }
        self.init(shown + rest)
    }

    private static func authority(in path: Substring) -> String.Index? {
        let start = path.firstIndex(of: ":").map(path.index(after:)) ?? path.startIndex
        for start in [path.startIndex, start] where path[start...].hasPrefix("//") {
            return path.index(start, offsetBy: 2)
        }
        return nil
    }

    /// Appends `text`, escaped.
    package static func append(_ text: String, to bytes: inout [UInt8]) {
        #if RED_CONTROLS
        if RedControl.isActive(.peerTextNotEscaped) { return bytes.append(contentsOf: text.utf8) }
        #endif
        var text = text
        text.withUTF8 { utf8 in
            var start = 0
            var index = 0
            while index < utf8.count {
                index = unsafe Self.skipHarmless(utf8, from: index)
                guard index < utf8.count else { break }
                let length = unsafe Self.lengthToEscape(utf8, at: index)
                guard length > 0 else {
                    index += 1
                    continue
                }
                unsafe bytes.append(contentsOf: utf8[start..<index])
                unsafe Self.append(escapeOf: utf8[index..<(index + length)], to: &bytes)
                index += length
                start = index
            }
            unsafe bytes.append(contentsOf: utf8[start...])
        }
    }

    /// Skips sixteen bytes at a time, as long as no byte can begin a character to escape.
    private static func skipHarmless(_ utf8: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard let base = utf8.baseAddress else { return start }
        var index = start
        while utf8.count - index >= 16 {
            let bytes = unsafe base + index
            let stops = unsafe byte_scan_line_stops(bytes) | byte_scan_equal(bytes, 0xD8) | byte_scan_equal(bytes, 0xE2)
            guard stops == 0 else { return index + stops.trailingZeroBitCount }
            index += 16
        }
        return index
    }

    /// The number of bytes at `index` that form a character to escape; 0 if it is safe.
    package static func lengthToEscape(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        switch unsafe utf8[index] {
        case 0..<0x20, 0x7F: return 1
        case 0xC2:
            // U+0080...U+009F: the C1 controls, which terminals obey in UTF-8 too.
            return unsafe Self.byte(utf8, index + 1, in: 0x80...0x9F) ? 2 : 0
        case 0xD8:
            // U+061C: Arabic letter mark.
            return unsafe Self.byte(utf8, index + 1, in: 0x9C...0x9C) ? 2 : 0
        case 0xE2: return unsafe Self.isReordering(utf8, at: index) ? 3 : 0
        default: return 0
        }
    }

    /// U+200E, U+200F, U+2028...U+202E and U+2066...U+2069: direction marks, line and paragraph separators.
    private static func isReordering(_ utf8: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
        if unsafe Self.byte(utf8, index + 1, in: 0x80...0x80) {
            return unsafe Self.byte(utf8, index + 2, in: 0x8E...0x8F) || Self.byte(utf8, index + 2, in: 0xA8...0xAE)
        }
        return unsafe Self.byte(utf8, index + 1, in: 0x81...0x81) && Self.byte(utf8, index + 2, in: 0xA6...0xA9)
    }

    private static func byte(_ utf8: UnsafeBufferPointer<UInt8>, _ index: Int, in range: ClosedRange<UInt8>) -> Bool {
        unsafe index < utf8.count && range.contains(utf8[index])
    }

    private static func append(escapeOf character: Slice<UnsafeBufferPointer<UInt8>>, to bytes: inout [UInt8]) {
        switch unsafe character.first {
        case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
        case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
        case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
        case 0x1B: bytes.append(contentsOf: #"\e"#.utf8)
        default:
            let scalar = unsafe String(decoding: character, as: UTF8.self).unicodeScalars.first
            bytes.append(contentsOf: "\\u{\(String(scalar?.value ?? 0xFFFD, radix: 16))}".utf8)
        }
    }
}

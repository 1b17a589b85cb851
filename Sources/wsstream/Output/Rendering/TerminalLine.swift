/// Builds the line of one event.
///
/// Our own text is a `StaticString`, and text from the server is a `String`. Only the latter is escaped. So unescaped
/// server text does not compile.
struct TerminalLine {
    /// The bytes written so far.
    private(set) var bytes: [UInt8]
    /// Whether to write styles.
    let isColored: Bool

    /// Continues after `bytes`.
    init(bytes: consuming [UInt8] = [], isColored: Bool) {
        self.bytes = bytes
        self.isColored = isColored
    }

    /// Appends our own text.
    mutating func text(_ text: StaticString, _ style: TextStyle? = nil) {
        self.styled(style) { bytes in text.withUTF8Buffer { bytes.append(contentsOf: $0) } }
    }

    /// Appends a number with our own text around it.
    mutating func number(
        _ prefix: StaticString = "",
        _ value: some BinaryInteger,
        _ suffix: StaticString = "",
        _ style: TextStyle? = nil
    ) {
        self.styled(style) { bytes in
            prefix.withUTF8Buffer { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: String(value).utf8)
            suffix.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
    }

    /// Appends escaped text from the server, and spaces up to `width`.
    mutating func untrusted(_ text: String, _ style: TextStyle? = nil, width: Int = 0) {
        var shown = 0
        self.styled(style) { bytes in
            let start = bytes.count
            TerminalText.append(text, to: &bytes)
            // Counts scalars: continuation bytes of UTF-8 do not count.
            if width > 0 { shown = bytes[start...].count { $0 & 0xC0 != 0x80 } }
        }
        self.fill(width - shown)
    }

    /// Appends spaces.
    mutating func fill(_ count: Int) {
        guard count > 0 else { return }
        self.bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }

    /// Ends the line.
    mutating func end() { self.bytes.append(UInt8(ascii: "\n")) }

    private mutating func styled(_ style: TextStyle?, _ write: (inout [UInt8]) -> Void) {
        guard self.isColored, let style else { return write(&self.bytes) }
        self.bytes.append(contentsOf: "\u{1B}[".utf8)
        style.parameters.withUTF8Buffer { self.bytes.append(contentsOf: $0) }
        self.bytes.append(UInt8(ascii: "m"))
        write(&self.bytes)
        self.bytes.append(contentsOf: "\u{1B}[0m".utf8)
    }
}

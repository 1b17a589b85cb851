/// The place of a string literal in the input, between its quotes and still escaped.
struct JSONStringToken {
    /// The offset of the first byte after the opening quote.
    let start: Int

    /// The offset of the closing quote.
    let end: Int

    /// Whether all bytes are ASCII; if so, they need no UTF-8 validation.
    let isASCII: Bool

    /// Whether there is a backslash; if so, the escapes are not checked yet.
    let hasEscapes: Bool

    /// The number of bytes between the quotes.
    var count: Int { self.end - self.start }
}

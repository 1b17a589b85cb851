/// A piece of the output of a terminal: the bytes of one message, cut anywhere.
public struct TerminalChunk: Sendable, Hashable {
    /// The bytes; from agentctl at most 16,384 of scrollback; other chunks were seen with at most 4095.
    ///
    /// They can begin or end in the middle of a character or of a control sequence. `UTF8Reader` makes text of them.
    public let bytes: [UInt8]

    /// Whether this is the scrollback: output from before the stream was opened, which the runtime keeps and replays.
    ///
    /// Only the first chunk of a stream can be it. False is certain: this output came after the call that opened the
    /// stream. True is certain if ``TerminalStream/hadOutput`` is true. If the runtime did not tell, it is the first
    /// chunk, which is the scrollback unless the terminal had no output yet.
    public let isScrollback: Bool

    /// Creates a chunk; for tests of code that uses chunks.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - isScrollback: Whether it is the scrollback.
    public init(bytes: [UInt8], isScrollback: Bool = false) { (self.bytes, self.isScrollback) = (bytes, isScrollback) }
}

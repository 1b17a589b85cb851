import WebSocketProtocol

/// Makes a server's text safe for a terminal, by the rule of the libraries' own messages, see `PeerText`.
///
/// The result is for people; `--format json` is for programs.
enum TerminalText {
    /// Appends `text`, escaped.
    static func append(_ text: String, to bytes: inout [UInt8]) { PeerText.append(text, to: &bytes) }

    /// The text, escaped.
    static func escaped(_ text: String) -> String { PeerText(text).description }
}

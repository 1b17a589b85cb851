import WebSocketProtocol

/// Makes text of a server harmless for a terminal: by the rule that the libraries' own messages follow, see `PeerText`.
///
/// What comes out is for people; `--format json` is for programs.
enum TerminalText {
    /// Appends `text`, escaped.
    static func append(_ text: String, to bytes: inout [UInt8]) { PeerText.append(text, to: &bytes) }

    /// The text, escaped.
    static func escaped(_ text: String) -> String { PeerText(text).description }
}

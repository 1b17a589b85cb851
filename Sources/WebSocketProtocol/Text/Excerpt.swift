/// Text of the peer or the caller, made safe for a message: quoted, printable ASCII, at most 64 bytes.
///
/// Control characters and all characters beyond ASCII become `\xNN`, so a message is always one line of a log.
struct Excerpt: CustomStringConvertible {
    static let maximumBytes = 64

    let description: String

    init(_ bytes: some Collection<UInt8>) {
        var text = "\""
        for byte in bytes.prefix(Self.maximumBytes) {
            text += Self.escaped(byte)
        }
        self.description = bytes.count > Self.maximumBytes ? text + "...\"" : text + "\""
    }

    init(_ text: some StringProtocol) {
        self.init(Array(text.utf8.prefix(Self.maximumBytes + 1)))
    }

    /// Shows a single byte, for messages of the form "the character …".
    init(byte: UInt8) {
        self.init(CollectionOfOne(byte))
    }

    private static func escaped(_ byte: UInt8) -> String {
        switch byte {
        case HTTPCharacter.quote, HTTPCharacter.backslash: "\\" + String(UnicodeScalar(byte))
        case HTTPCharacter.space..<0x7F: String(UnicodeScalar(byte))
        default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}

/// The source of certificates or of a key in PEM (RFC 7468).
@nonexhaustive public enum PEMSource: Sendable, Hashable {
    /// A file; it is read only when a connection is opened or a server is bound.
    case file(String)
    /// The text itself.
    case text(String)
}

extension PEMSource: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The path, or a note that there is a text; never the text, which may be a private key.
    public var description: String {
        switch self {
        case .file(let path): "the file \(path)"
        case .text: "the given PEM text"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows no more than ``description``.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

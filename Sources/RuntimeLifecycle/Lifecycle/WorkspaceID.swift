/// The name of a workspace: 1 to 64 of the characters `A-Z a-z 0-9 . _ -`; the first one is a letter or digit.
///
/// An id becomes part of file names. So it can't contain characters that lead out of the state directory or that mean
/// something else in a file name.
public struct WorkspaceID: Hashable, Sendable, CustomStringConvertible {
    /// The id as text.
    public let description: String

    /// Checks the text.
    ///
    /// - Parameter text: The id as a person or a program wrote it.
    /// - Throws: ``LifecycleError`` with code `invalidID`.
    public init(_ text: String) throws(LifecycleError) {
        guard Self.isValid(text) else {
            throw LifecycleError(
                .invalidID,
                """
                \(Self.quoted(text)) is not a workspace id: use 1 to 64 of the characters A-Z a-z 0-9 . _ - \
                and begin with a letter or digit.
                """
            )
        }
        self.description = text
    }

    private static func isValid(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first, self.isAlphanumeric(first) else { return false }
        return bytes.allSatisfy { self.isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Escapes characters that could harm a terminal, and shortens long text.
    private static func quoted(_ text: String) -> String {
        let shown = String(text.prefix(80)).debugDescription
        return text.count > 80 ? shown + "…" : shown
    }
}

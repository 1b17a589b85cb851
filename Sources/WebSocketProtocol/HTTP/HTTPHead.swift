/// The head of a request or of a response, as ``HTTPHeadParser`` reads it.
package protocol HTTPHead: Sendable {
    /// Whether the parser accepts the errors that RFC 9112 lets a recipient accept; see ``HTTPHeadParser``.
    static var isReadLeniently: Bool { get }

    /// Parses a start line without its CRLF; the head has no fields yet.
    ///
    /// - Parameter line: Printable ASCII, SP, HTAB and bytes from 0x80.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` or ``HandshakeError/Code/unsupportedHTTPVersion``.
    init(parsingStartLine line: [UInt8]) throws(HandshakeError)

    /// Adds the fields that were read after the start line.
    ///
    /// - Parameter fields: The fields in order.
    /// - Returns: The complete head.
    func with(parsedFields fields: HTTPFields) -> Self
}

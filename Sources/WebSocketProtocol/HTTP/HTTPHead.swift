/// What ``HTTPHeadParser`` reads: the head of a request or of a response.
package protocol HTTPHead: Sendable {
    /// Whether what RFC 9112 lets a recipient forgive is forgiven; see ``HTTPHeadParser``.
    static var isReadLeniently: Bool { get }

    /// Parses a start line without its CRLF; the head has no fields yet.
    ///
    /// - Parameter line: Printable ASCII, SP, HTAB and bytes from 0x80.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` or ``HandshakeError/Code/unsupportedHTTPVersion``.
    init(parsingStartLine line: [UInt8]) throws(HandshakeError)

    /// The same head with the fields that were read after its start line.
    ///
    /// - Parameter fields: The fields in order.
    /// - Returns: The complete head.
    func with(parsedFields fields: HTTPFields) -> Self
}

/// The request line and the fields of an HTTP request (RFC 9112 §3).
///
/// A head that exists can be written: its parts are checked when it is created or parsed.
public struct HTTPRequestHead: Sendable, Hashable {
    /// The method, such as `GET`; a token, compared with its case.
    public let method: String

    /// The path and the query, as on the wire: percent-encoding is kept.
    public let target: String

    /// The version of HTTP.
    public let version: HTTPVersion

    /// The fields in order.
    public let fields: HTTPFields

    /// The target without its query.
    public var path: Substring {
        self.target.prefix { $0 != "?" }
    }

    /// What follows the first `?` of the target, or nil if there is none.
    public var query: Substring? {
        self.target.firstIndex(of: "?").map { self.target[self.target.index(after: $0)...] }
    }

    /// Creates the head of an HTTP/1.1 request.
    ///
    /// - Parameters:
    ///   - method: The method, a token.
    ///   - target: A path and an optional query, percent-encoded.
    ///   - fields: The fields in the order to send them.
    /// - Throws: ``HandshakeError/Code/invalidField`` if a part holds an illegal character.
    package init(method: String = "GET", target: String, fields: HTTPFields) throws(HandshakeError) {
        guard HTTPCharacter.isToken(method) else {
            throw HandshakeError(.invalidField, "The method \(Excerpt(method)) is not an RFC 9110 token.")
        }
        if let problem = RequestTarget.problem(in: target.utf8) {
            throw HandshakeError(.invalidField, "The request target \(problem).")
        }
        try fields.validate()
        (self.method, self.target, self.version, self.fields) = (method, target, .http11, fields)
    }

    private init(_ head: Self, fields: HTTPFields) {
        (self.method, self.target, self.version) = (head.method, head.target, head.version)
        self.fields = fields
    }

    /// The bytes of the head, blank line included.
    ///
    /// - Returns: What to send before the first frame.
    package func serialize() -> [UInt8] {
        var bytes = Array("\(self.method) \(self.target) \(self.version.rawValue)\r\n".utf8)
        self.fields.serialize(into: &bytes)
        return bytes
    }
}

extension HTTPRequestHead: HTTPHead {
    package init(parsingStartLine line: [UInt8]) throws(HandshakeError) {
        // RFC 9112 §3: three parts, one space between them. The lenient split at any whitespace is not used.
        let parts = line.split(separator: HTTPCharacter.space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(HTTPCharacter.isToken) else {
            throw HandshakeError(.malformedMessage, "\(Excerpt(line)) is not a request line.")
        }
        if let problem = RequestTarget.problem(in: parts[1]) {
            throw HandshakeError(.malformedMessage, "The request target \(problem).")
        }
        self.version = try HTTPVersion(parsing: parts[2])
        self.method = String(decoding: parts[0], as: UTF8.self)
        self.target = String(decoding: parts[1], as: UTF8.self)
        self.fields = [:]
    }

    package func with(parsedFields fields: HTTPFields) -> Self {
        Self(self, fields: fields)
    }
}

/// The request line and the fields of an HTTP request (RFC 9112 §3).
///
/// Every value is valid and can be serialized: its parts are checked when it is created or parsed.
public struct HTTPRequestHead: Sendable, Hashable {
    /// The method, such as `GET`: a token, compared with case.
    public let method: String

    /// The path and the query as on the wire, with percent-encoding.
    public let target: String

    /// The part before the path of a target in absolute form.
    let origin: AbsoluteForm?

    /// The version of HTTP.
    public let version: HTTPVersion

    /// The fields in order.
    public let fields: HTTPFields

    /// The host of the request, with the port if there is one.
    ///
    /// A target in absolute form, such as `GET http://host/path`, contains it; `Host` is then ignored (RFC 9112
    /// §3.2.2). Otherwise it is the value of the first `Host`; nil if there is none.
    public var authority: String? { self.origin?.authority ?? self.fields.first("Host") }

    /// The target without its query.
    public var path: Substring {
        self.target.prefix { $0 != "?" }
    }

    /// The part after the first `?` of the target, or nil if there is no `?`.
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
        self.origin = nil
    }

    private init(_ head: Self, fields: HTTPFields) {
        (self.method, self.target, self.version) = (head.method, head.target, head.version)
        self.origin = head.origin
        self.fields = fields
    }

    /// The bytes of the head, with the blank line.
    ///
    /// - Returns: The bytes to send before the first frame.
    package func serialize() -> [UInt8] {
        let origin = self.origin?.text ?? ""
        var bytes = Array("\(self.method) \(origin)\(self.target) \(self.version.rawValue)\r\n".utf8)
        self.fields.serialize(into: &bytes)
        return bytes
    }
}

extension HTTPRequestHead: HTTPHead {
    package static var isReadLeniently: Bool { false }

    package init(parsingStartLine line: [UInt8]) throws(HandshakeError) {
        // RFC 9112 §3: three parts with one space between them. We do not use the lenient split at any whitespace.
        let parts = line.split(separator: HTTPCharacter.space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(HTTPCharacter.isToken) else {
            throw HandshakeError(.malformedMessage, "\(Excerpt(line)) is not a request line.")
        }
        self.version = try HTTPVersion(parsing: parts[2])
        self.method = String(decoding: parts[0], as: UTF8.self)
        let origin = try AbsoluteForm(beginning: parts[1])
        let path = origin.map { parts[1].dropFirst($0.text.utf8.count) } ?? parts[1]
        // RFC 9110 §4.2.3: an empty path means the root.
        let isPathEmpty = origin != nil && path.first != UInt8(ascii: "/")
        let target = isPathEmpty ? ArraySlice([UInt8(ascii: "/")] + path) : path
        if let problem = RequestTarget.problem(in: target) {
            try Self.checkServed(self.method, target)
            throw HandshakeError(.malformedMessage, "The request target \(problem).")
        }
        self.origin = origin
        self.target = String(decoding: target, as: UTF8.self)
        self.fields = [:]
    }

    /// Refuses requests that are legal HTTP for other servers: authority-form and asterisk-form.
    private static func checkServed(_ method: String, _ target: ArraySlice<UInt8>) throws(HandshakeError) {
        if method == "CONNECT" || method == "OPTIONS" && target.elementsEqual([UInt8(ascii: "*")]) {
            throw HandshakeError(.invalidMethod, "Only paths are served here, not \(method) \(Excerpt(target)).")
        }
    }

    package func with(parsedFields fields: HTTPFields) -> Self {
        Self(self, fields: fields)
    }
}

/// The part before the path in a request target of absolute form (RFC 9112 §3.2.2), which clients of a proxy send.
struct AbsoluteForm: Sendable, Hashable {
    /// `http`, `https`, `ws` or `wss`, in any case: the server ignores it, because it knows how it was reached.
    let scheme: String
    /// The host, with a colon and the port if there is one.
    let authority: String

    /// The text on the wire.
    var text: String { "\(self.scheme)://\(self.authority)" }

    /// Reads the first part of a target; nil if the target has another form.
    ///
    /// - Parameter target: The target of a request line.
    /// - Throws: ``HandshakeError/Code/malformedMessage`` for another scheme and for an invalid host. The message does
    ///   not quote a user or password (RFC 9110 §4.2.4).
    init?(beginning target: ArraySlice<UInt8>) throws(HandshakeError) {
        let scheme = target.prefix { HTTPCharacter.isLetter($0) }
        guard !scheme.isEmpty, target[scheme.endIndex...].starts(with: "://".utf8) else { return nil }
        let rest = target[scheme.endIndex...].dropFirst(3)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        self.scheme = String(decoding: scheme, as: UTF8.self)
        self.authority = String(decoding: authority, as: UTF8.self)
        guard ["http", "https", "ws", "wss"].contains(self.scheme.lowercased()) else {
            throw HandshakeError(.malformedMessage, "The request target has the scheme \(Excerpt(scheme)).")
        }
        guard let first = authority.first, first != HTTPCharacter.colon,
            authority.allSatisfy(URLHost.isAuthorityCharacter)
        else { throw HandshakeError(.malformedMessage, "The request target names no host.") }
    }
}

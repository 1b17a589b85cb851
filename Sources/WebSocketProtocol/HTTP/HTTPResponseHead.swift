#if RED_CONTROLS
internal import RedControls
#endif

/// The status line and the fields of an HTTP response (RFC 9112 §4).
///
/// Every value is valid and can be serialized: its parts are checked when it is created or parsed.
package struct HTTPResponseHead: Sendable, Hashable {
    /// The version of HTTP.
    package let version: HTTPVersion

    /// The status code, 100...999.
    package let status: Int

    /// The reason phrase; may be empty.
    package let reason: String

    /// The fields in order.
    package let fields: HTTPFields

    /// Whether this is an interim response, which comes before the final one (RFC 9110 §15.2); 101 is not interim.
    package var isInterim: Bool {
        (100..<200).contains(self.status) && self.status != 101
    }

    /// Creates the head of an HTTP/1.1 response.
    ///
    /// - Parameters:
    ///   - status: The status code, 100...999.
    ///   - reason: The reason phrase; nil means the usual one for the status.
    ///   - fields: The fields in the order to send them.
    /// - Throws: ``HandshakeError/Code/invalidField`` if a part is out of range or holds an illegal character.
    package init(status: Int, reason: String? = nil, fields: HTTPFields) throws(HandshakeError) {
        let reason = reason ?? Self.usualReason(for: status)
        guard (100...999).contains(status) else {
            throw HandshakeError(.invalidField, "The status must be in 100...999, got \(status).")
        }
        guard reason.utf8.allSatisfy(HTTPCharacter.isSendable) else {
            throw HandshakeError(.invalidField, "The reason phrase \(Excerpt(reason)) is not printable ASCII.")
        }
        try fields.validate()
        self.init(uncheckedStatus: status, reason: reason, version: .http11, fields: fields)
    }

    /// Creates a head from parts that are already checked.
    init(uncheckedStatus status: Int, reason: String, version: HTTPVersion, fields: HTTPFields) {
        (self.version, self.status, self.reason, self.fields) = (version, status, reason, fields)
    }

    /// The bytes of the head, with the blank line.
    ///
    /// - Returns: The bytes to send before a body or the first frame.
    package func serialize() -> [UInt8] {
        var bytes = Array("\(self.version.rawValue) \(self.status) \(self.reason)\r\n".utf8)
        self.fields.serialize(into: &bytes)
        return bytes
    }

    /// The reason phrase of RFC 9110 §15 for the statuses that this package sends; otherwise empty.
    static func usualReason(for status: Int) -> String {
        switch status {
        case 101: "Switching Protocols"
        case 200: "OK"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}

extension HTTPResponseHead: HTTPHead {
    package static var isReadLeniently: Bool {
        #if RED_CONTROLS
        if RedControl.isActive(.responseReadStrictly) { return false }
        #endif
        return true
    }

    package init(parsingStartLine line: [UInt8]) throws(HandshakeError) {
        // RFC 9112 §4: one space after each part, also before an empty reason. Many servers omit the last space, and a
        // recipient may split at whitespace of any length.
        let text = line.prefix { !HTTPCharacter.isWhitespace($0) }
        let rest = line[text.endIndex...].drop(while: HTTPCharacter.isWhitespace)
        let digits = rest.prefix { !HTTPCharacter.isWhitespace($0) }
        guard !digits.isEmpty else {
            throw HandshakeError(.malformedMessage, "\(Excerpt(line)) is not a status line.")
        }
        #if RED_CONTROLS
        if RedControl.isActive(.reasonRequired), digits.endIndex == line.endIndex {
            throw HandshakeError(.malformedMessage, "A status line has no reason.")
        }
        #endif
        let version = try HTTPVersion(parsing: text)
        guard digits.count == 3, digits.first != UInt8(ascii: "0"), digits.allSatisfy(HTTPCharacter.isDigit) else {
            throw HandshakeError(.malformedMessage, "The status \(Excerpt(digits)) is not in 100...999.")
        }
        let status = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        let reason = String(decoding: rest[digits.endIndex...].dropFirst(), as: UTF8.self)
        self.init(uncheckedStatus: status, reason: reason, version: version, fields: [:])
    }

    package func with(parsedFields fields: HTTPFields) -> Self {
        Self(uncheckedStatus: self.status, reason: self.reason, version: self.version, fields: fields)
    }
}

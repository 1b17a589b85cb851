import WebSocketProtocol

/// The secrets of a process; it removes them from text.
///
/// It is made from arguments and environment before any output, and later learns secrets that were read from files. It
/// is applied to every text for people: errors, warnings, usage, statistics. It does not hide secrets of less than
/// three bytes, because they occur in every text.
package struct Redaction: Sendable {
    private static let minimumBytes = 3
    /// A text may be cut in the middle of a secret; from this number of bytes on, the rest of the secret is hidden,
    /// too.
    private static let minimumCutBytes = 6

    private struct Pattern: Sendable {
        var bytes: [UInt8]
        var label: [UInt8]
    }

    /// The patterns, longest first.
    private var patterns: [Pattern] = []

    /// Creates one that hides nothing.
    package init() {}

    /// Learns all secrets in the arguments and the environment of a process.
    ///
    /// - Parameters:
    ///   - arguments: Secrets are the values of `--token`, `--header` and `-H`, and passwords and queries in URLs.
    ///   - environment: Secrets are the token, and passwords of proxies.
    ///   - tokenVariable: The variable that holds the token.
    package init(arguments: [String], environment: [String: String], tokenVariable: String) {
        for (index, argument) in arguments.enumerated() {
            let next = index + 1 < arguments.count ? arguments[index + 1] : ""
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = parts.count > 1 ? parts[1] : next
            switch parts[0] {
            case "--token": self.hide(token: value)
            case "--header", "-H": self.hide(field: value)
            default: self.hide(url: argument)
            }
        }
        if let token = environment[tokenVariable] { self.hide(token: token) }
        for (name, value) in environment where name.lowercased().hasSuffix("_proxy") { self.hide(url: value) }
    }

    /// Hides a bearer token.
    package mutating func hide(token: String) { self.hide(token, as: "<token>", prefixes: ["Bearer "]) }

    /// Hides the value of a field, `NAME:VALUE`, and its words, if it looks like a secret.
    package mutating func hide(field: String) {
        let parts = field.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return }
        for word in [parts[1]] + parts[1].split(separator: " ").map(String.init) {
            let word = String(word.drop { $0 == " " || $0 == "\t" })
            guard !["bearer", "basic", "digest"].contains(word.lowercased()) else { continue }
            if Self.isSecret(word, named: parts[0]) { self.hide(word, as: "<header>") }
        }
    }

    /// Hides the password of a URL, and the values in its query that look like secrets.
    package mutating func hide(url: String) {
        let rest = url.split(separator: "#", omittingEmptySubsequences: false)[0]
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.hide(authorityOf: String(parts[0]))
        guard parts.count == 2 else { return }
        for item in parts[1].split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let (name, value) = (pair[0], pair.count > 1 ? pair[1] : pair[0])
            guard Self.isSecret(value, named: pair.count > 1 ? name : "") else { continue }
            self.hide(value, as: "<query>")
            if let decoded = PercentEncoding.decoded(value) { self.hide(decoded, as: "<query>") }
        }
    }

    private mutating func hide(authorityOf url: String) {
        // A proxy URL may have no scheme.
        guard let at = url.lastIndex(of: "@") else { return }
        let text = url[..<at]
        let start = text.firstIndex(of: "/").map { text[$0...].drop { $0 == "/" }.startIndex } ?? text.startIndex
        let information = text[start...]
        let parts = information.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let label = "<credentials>"
        // A user name without a password can be any word, so it is hidden only if it is as long as a token.
        if parts.count == 2 || Self.isSecret(String(information), named: "") {
            self.hide(String(information), as: label)
        }
        guard parts.count == 2, let password = PercentEncoding.decoded(parts[1]) else { return }
        self.hide(String(parts[1]), as: label)
        self.hide(password, as: label)
        // RFC 7617 §2.
        let pair = "\(PercentEncoding.decoded(parts[0]) ?? ""):\(password)"
        self.hide(Base64.encoded(Array(pair.utf8)), as: label)
    }

    /// Whether a value is a secret: its name says so, or it is long and not a number.
    private static func isSecret(_ value: String, named name: String) -> Bool {
        let words = [
            "auth", "token", "secret", "key", "pass", "cookie", "session", "sig", "jwt", "ticket", "credential",
        ]
        let name = name.lowercased()
        return words.contains { name.contains($0) }
            || value.utf8.count >= 16 && !value.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private mutating func hide(_ secret: String, as label: String, prefixes: [String] = []) {
        guard secret.utf8.count >= Self.minimumBytes else { return }
        for spelling in Self.spellings(of: secret, prefixes) where spelling.utf8.count >= Self.minimumBytes {
            let bytes = Array(spelling.utf8)
            guard !self.patterns.contains(where: { $0.bytes == bytes }) else { continue }
            self.patterns.append(Pattern(bytes: bytes, label: Array(label.utf8)))
        }
        self.patterns.sort { $0.bytes.count > $1.bytes.count }
    }

    /// The ways in which a peer may write the secret when it sends it back.
    private static func spellings(of secret: String, _ prefixes: [String]) -> [String] {
        let quoted = secret.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : "\($1)" }
        let slashed = quoted.reduce(into: "") { $0 += $1 == "/" ? "\\/" : "\($1)" }
        let base64 = ([""] + prefixes).map { Base64.encoded(Array(($0 + secret).utf8)) }
        let web = base64.map { text in
            String(text.prefix { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        }
        return [secret, PeerText(secret).description, quoted, slashed] + base64 + web
    }

    /// Returns the text with each secret replaced by its label.
    package func applied(to text: SafeText) -> SafeText {
        guard !self.patterns.isEmpty else { return text }
        let bytes = Array(text.description.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if let (pattern, count) = self.match(in: bytes, at: position) {
                result += pattern.label
                position += count
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return .redacted(result)
    }

    private func match(in bytes: [UInt8], at position: Int) -> (Pattern, Int)? {
        for pattern in self.patterns {
            let (matched, count) = Self.common(pattern.bytes, bytes[position...])
            if matched == pattern.bytes.count { return (pattern, count) }
            guard matched >= Self.minimumCutBytes else { continue }
            let behind = bytes[(position + count)...]
            if behind.isEmpty || behind.starts(with: "...".utf8) { return (pattern, count) }
        }
        return nil
    }

    /// How many bytes of the secret match the start of the text, and how many bytes of the text these are.
    ///
    /// A text may percent-encode any byte, not only those that must be encoded (RFC 3986 §2.4).
    private static func common(_ secret: [UInt8], _ text: ArraySlice<UInt8>) -> (matched: Int, count: Int) {
        var position = text.startIndex
        for (matched, byte) in secret.enumerated() {
            if position < text.endIndex, text[position] == byte {
                position += 1
            } else if text[position...].count >= 3, text[position] == UInt8(ascii: "%"),
                UInt8(String(decoding: text[position + 1...position + 2], as: UTF8.self), radix: 16) == byte
            {
                position += 3
            } else {
                return (matched, position - text.startIndex)
            }
        }
        return (secret.count, position - text.startIndex)
    }
}

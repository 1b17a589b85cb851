/// The part of an HTTP answer that has arrived, read as far as possible (RFC 9112 §6.3).
///
/// The end of the body is known by its length, by its last chunk, or by the end of the connection. So a server that
/// keeps the connection open is understood at once. Interim answers (1xx) are skipped.
enum HealthAnswer: Hashable, Sendable {
    case unfinished
    /// The complete answer, and the identity in it, if there is one.
    case whole(RuntimeIdentity?)

    /// Reads the bytes that have arrived; `isAtEnd` means that no more will come.
    static func read(_ bytes: [UInt8], isAtEnd: Bool) -> HealthAnswer {
        var rest = bytes[...]
        while let head = Self.head(&rest) {
            guard let status = head.status else { return .whole(nil) }
            if (100..<200).contains(status) && status != 101 { continue }
            guard status == 200 else { return .whole(nil) }
            guard let body = head.body(in: rest, isAtEnd: isAtEnd) else { return isAtEnd ? .whole(nil) : .unfinished }
            return .whole(Self.identity(in: body))
        }
        return isAtEnd ? .whole(nil) : .unfinished
    }

    private static func identity(in body: [UInt8]) -> RuntimeIdentity? {
        let text = String(decoding: body, as: UTF8.self)
        guard let fields = FlatJSON.fields(of: text[...]), let nonce = fields["nonce"],
            let generation = fields["generation"].flatMap({ UInt64($0) })
        else { return nil }
        return RuntimeIdentity(generation: generation, nonce: nonce)
    }

    /// Removes a complete head from the front: all lines up to the empty one.
    private static func head(_ rest: inout ArraySlice<UInt8>) -> Head? {
        var (lines, after): ([String], ArraySlice<UInt8>) = ([], rest)
        while let end = after.firstIndex(of: UInt8(ascii: "\n")) {
            var line = after[..<end]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            after = after[(end + 1)...]
            guard !line.isEmpty else {
                rest = after
                return Head(lines: lines)
            }
            let text = String(decoding: line, as: UTF8.self)
            // A folded line continues the line before it (RFC 9112 §5.2).
            if text.first == " " || text.first == "\t", let last = lines.popLast() {
                lines.append(last + " " + text)
            } else {
                lines.append(text)
            }
        }
        return nil
    }

    private struct Head {
        let lines: [String]

        /// The status of an HTTP/1 answer; a reason may be missing.
        var status: Int? {
            guard let words = self.lines.first?.split(separator: " "), words.count >= 2, words[1].count == 3,
                words[0] == "HTTP/1.1" || words[0] == "HTTP/1.0"
            else { return nil }
            return Int(words[1])
        }

        /// The body, if it is complete.
        func body(in rest: ArraySlice<UInt8>, isAtEnd: Bool) -> [UInt8]? {
            if self.values(of: "transfer-encoding") == ["chunked"] { return ChunkedBody.join(rest) }
            if self.values(of: "transfer-encoding").isEmpty, let text = self.values(of: "content-length").first {
                guard let length = Int(text), length >= 0, rest.count >= length else { return nil }
                return Array(rest.prefix(length))
            }
            return isAtEnd ? Array(rest) : nil
        }

        /// The values of a field; names and these values are case-insensitive (RFC 9110 §5.1, RFC 9112 §7).
        ///
        /// There may be white space around a value (RFC 9110 §5.5).
        private func values(of name: String) -> [String] {
            self.lines.dropFirst().flatMap { line -> [String] in
                guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name else { return [] }
                return line[line.index(after: colon)...].split { " \t,".contains($0) }.map { $0.lowercased() }
            }
        }
    }
}

/// Joins the chunks of an HTTP/1.1 body (RFC 9112 §7.1); `nil` if it is malformed or incomplete.
enum ChunkedBody {
    static func join(_ body: ArraySlice<UInt8>) -> [UInt8]? {
        var joined: [UInt8] = []
        var rest = body
        while let line = Self.line(&rest) {
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else { return nil }
            guard size > 0 else { return joined }
            guard rest.count >= size else { return nil }
            joined += rest.prefix(size)
            rest = rest.dropFirst(size)
            guard Self.line(&rest)?.isEmpty == true else { return nil }
        }
        return nil
    }

    /// Removes the first line and its end, and returns the line.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\r")) else { return nil }
        let after = end + 1
        guard after < rest.endIndex, rest[after] == UInt8(ascii: "\n") else { return nil }
        defer { rest = rest[(after + 1)...] }
        return rest[..<end]
    }
}

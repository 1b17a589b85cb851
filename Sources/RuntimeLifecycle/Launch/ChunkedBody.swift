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

extension WebSocketURL {
    /// Resolves a `Location` relative to this URL (RFC 9110 §10.2.2, RFC 3986 §5.2).
    ///
    /// `http` means `ws` there, and `https` means `wss`. A fragment is dropped.
    ///
    /// - Parameter location: The value of the field: absolute, or relative to this URL in any form.
    /// - Returns: The resolved URL.
    /// - Throws: ``HandshakeError/Code/invalidURL``; queries are not quoted.
    package func resolving(location: String) throws(HandshakeError) -> WebSocketURL {
        let reference = location.prefix { $0 != "#" }
        if let scheme = Self.scheme(of: reference) {
            let rest = reference.dropFirst(scheme.count)
            let known = ["http": "ws", "https": "wss"][scheme.lowercased()] ?? String(scheme)
            return try WebSocketURL(known + rest).withoutDotSegments()
        }
        if reference.hasPrefix("//"), self.socketPath == nil {
            return try WebSocketURL("\(self.scheme.rawValue):\(reference)").withoutDotSegments()
        }
        return try self.with(path: self.merged(with: reference)).withoutDotSegments()
    }

    /// The scheme of a reference: it ends with a colon that comes before any of `/?#` (RFC 3986 §3.1).
    private static func scheme(of reference: Substring) -> Substring? {
        guard let end = reference.firstIndex(where: { ":/?".contains($0) }), reference[end] == ":" else { return nil }
        let scheme = reference[..<end]
        let isLegal = scheme.utf8.allSatisfy {
            HTTPCharacter.isLetter($0) || HTTPCharacter.isDigit($0) || "+-.".utf8.contains($0)
        }
        return isLegal && scheme.utf8.first.map(HTTPCharacter.isLetter) == true ? scheme : nil
    }

    /// Merges the path with a relative reference (RFC 3986 §5.2.3).
    private func merged(with reference: Substring) -> String {
        let path = self.target.prefix { $0 != "?" }
        if reference.isEmpty { return self.target }
        if reference.hasPrefix("?") { return "\(path)\(reference)" }
        if reference.hasPrefix("/") { return String(reference) }
        let directory = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return "\(directory)\(reference)"
    }

    /// Removes `.` and `..` segments (RFC 3986 §5.2.4).
    private func withoutDotSegments() throws(HandshakeError) -> WebSocketURL {
        let path = self.target.prefix { $0 != "?" }
        var segments: [Substring] = []
        let all = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in all.enumerated() {
            let isLast = index == all.count - 1
            switch segment {
            case ".": if isLast { segments.append("") }
            case "..":
                _ = segments.popLast()
                if isLast { segments.append("") }
            default: segments.append(segment)
            }
        }
        return try self.with(path: "/" + segments.joined(separator: "/") + self.target.dropFirst(path.count))
    }
}

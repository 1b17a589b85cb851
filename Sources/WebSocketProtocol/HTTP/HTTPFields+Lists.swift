extension HTTPFields {
    /// The elements of a comma-separated list, from all fields with the name (RFC 9110 §5.6.1).
    ///
    /// Empty elements are dropped, and whitespace around an element is removed. Commas inside quoted strings do not
    /// separate. A quoted string without an end reaches to the end of its field.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: The elements in order, with their quotes.
    package func listElements(for name: String) -> [String] {
        self.values(for: name).flatMap(Self.listElements(of:))
    }

    /// Whether a list field has an element, compared without regard to case.
    package func listContains(_ element: String, for name: String) -> Bool {
        self.listElements(for: name).contains { HTTPCharacter.equalIgnoringCase($0, element) }
    }

    /// The value of a field that must not be repeated; nil if there is no such field.
    func singleValue(for name: String, orThrow code: HandshakeError.Code) throws(HandshakeError) -> String? {
        let values = self.values(for: name)
        guard values.count <= 1 else {
            throw HandshakeError(code, "\(name) must occur once, it occurs \(values.count) times.")
        }
        return values.first
    }

    /// The number in `Content-Length`, or nil if there is no such field.
    ///
    /// - Throws: ``HandshakeError/Code/malformedMessage`` if the field is repeated, is not a plain decimal number, or
    ///   does not fit in an `Int`. RFC 9110 §8.6 lets a recipient accept equal repetitions; we do not.
    func contentLength() throws(HandshakeError) -> Int? {
        guard let text = try self.singleValue(for: "Content-Length", orThrow: .malformedMessage) else { return nil }
        // `Int("+5")` is 5: the digits are checked first.
        guard text.utf8.allSatisfy(HTTPCharacter.isDigit), let length = Int(text) else {
            throw HandshakeError(.malformedMessage, "Content-Length \(Excerpt(text)) is not a number of bytes.")
        }
        return length
    }

    /// The number in `Content-Length` of a response, which may be repeated with the same value (RFC 9110 §8.6).
    ///
    /// - Throws: ``HandshakeError/Code/malformedMessage`` if there are two different values, or if one is not a plain
    ///   decimal number that fits in an `Int`.
    func repeatedContentLength() throws(HandshakeError) -> Int? {
        guard self.contains("Content-Length") else { return nil }
        let lengths = self.listElements(for: "Content-Length")
        guard let text = lengths.first, text.utf8.allSatisfy(HTTPCharacter.isDigit), let length = Int(text),
            lengths.allSatisfy({ HTTPCharacter.equal($0, text) })
        else {
            let found = Excerpt(lengths.joined(separator: ", "))
            throw HandshakeError(.malformedMessage, "Content-Length \(found) is not one number of bytes.")
        }
        return length
    }

    /// Reads all bytes once; long runs of spaces, quotes or commas cost no more than letters.
    private static func listElements(of value: String) -> [String] {
        var elements: [String] = []
        var element: [UInt8] = []
        var (isQuoted, isEscaped) = (false, false)
        for byte in value.utf8 {
            if byte == HTTPCharacter.comma, !isQuoted {
                Self.append(&element, to: &elements)
                continue
            }
            if byte == HTTPCharacter.quote, !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && !isEscaped && byte == HTTPCharacter.backslash
            // Leading whitespace is never stored, so only trailing whitespace must be trimmed later.
            if !element.isEmpty || !HTTPCharacter.isWhitespace(byte) { element.append(byte) }
        }
        Self.append(&element, to: &elements)
        return elements
    }

    private static func append(_ element: inout [UInt8], to elements: inout [String]) {
        while let last = element.last, HTTPCharacter.isWhitespace(last) {
            element.removeLast()
        }
        if !element.isEmpty { elements.append(String(decoding: element, as: UTF8.self)) }
        element.removeAll(keepingCapacity: true)
    }
}

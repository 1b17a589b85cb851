extension JSONScanner {
    /// Reads a value of any type, checks it, and keeps its text.
    @inline(never) mutating func rawJSON() throws(JSONFailure) -> RawJSON {
        let start = self.offset
        try self.skipValue()
        // The text has no quotes, and its escapes stay as they are; only its bytes may have to be checked.
        let token = JSONStringToken(start: start, end: self.offset, isASCII: false, hasEscapes: false)
        return RawJSON(checked: try self.value(of: token))
    }

    /// Finds out whether the object at the current offset has a member with a value other than `null`; moves nothing.
    ///
    /// - Parameter name: The name of the member.
    /// - Returns: Whether there is one.
    /// - Throws: ``JSONFailure`` if the text before the member is wrong.
    func hasMember(_ name: StaticString) throws(JSONFailure) -> Bool {
        var scanner = self
        guard try scanner.openObject() else { return false }
        repeat {
            let key = try scanner.key()
            try scanner.validate(key)
            if scanner.isName(name, key), scanner.byte(at: scanner.offset) != UInt8(ascii: "n") { return true }
            try scanner.skipValue()
        } while try scanner.hasNext(before: UInt8(ascii: "}"))
        return false
    }
}

extension JSONWriter {
    /// Writes a value unchanged.
    mutating func raw(_ value: RawJSON) { self.text(value.text) }

    /// Writes a member unless the value is `nil`; `null` is written.
    mutating func memberIfPresent(_ name: StaticString, _ value: RawJSON?) {
        guard let value else { return }
        self.name(name)
        self.raw(value)
    }

    /// Writes an array of objects, also if it is empty.
    mutating func member(_ name: StaticString, _ values: [some WorkspacePayload]) {
        self.name(name)
        self.literal("[")
        for value in values {
            self.separate()
            self.object { value.write(to: &$0) }
        }
        self.literal("]")
    }

    /// Writes an array of objects unless it is empty.
    mutating func memberIfNotZero(_ name: StaticString, _ values: [some WorkspacePayload]) {
        if !values.isEmpty { self.member(name, values) }
    }

    /// Writes an array of values unless it is empty.
    mutating func memberIfNotZero(_ name: StaticString, _ values: [RawJSON]) {
        guard !values.isEmpty else { return }
        self.name(name)
        self.literal("[")
        for value in values {
            self.separate()
            self.raw(value)
        }
        self.literal("]")
    }
}

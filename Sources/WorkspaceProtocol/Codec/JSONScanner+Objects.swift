extension JSONScanner {
    /// Reads an object into `value`; see ``JSONReadable`` for the rules.
    mutating func object<Value: JSONReadable>(into value: inout Value) throws(JSONFailure) {
        var members = JSONMembers<Value.Field>()
        guard try self.openObject() else { return }
        repeat {
            guard let field = try members.next(in: &self) else {
                try self.skipValue()
                continue
            }
            if try self.consumeNull() { continue }
            do throws(JSONFailure) {
                try value.read(field, from: &self)
            } catch {
                throw error.inside(.member(field.name.description))
            }
            members.expected = value.memberExpected(after: field)
        } while try self.hasNext(before: UInt8(ascii: "}"))
    }

    /// Reads an array of strings; a `null` in it is an empty string, as for Go.
    mutating func strings() throws(JSONFailure) -> [String] {
        guard self.byte(at: self.offset) == UInt8(ascii: "[") else { throw self.unexpectedType() }
        var strings: [String] = []
        try self.enterContainer()
        guard !self.consume(UInt8(ascii: "]")) else {
            self.leaveContainer()
            return strings
        }
        // Few are one or two, and to grow from one costs an allocation each time.
        strings.reserveCapacity(4)
        repeat {
            do throws(JSONFailure) {
                strings.append(try self.consumeNull() ? "" : self.string())
            } catch {
                throw error.inside(.element(strings.count))
            }
        } while try self.hasNext(before: UInt8(ascii: "]"))
        return strings
    }

    /// Reads an object whose keys are data, such as paths; of equal keys the first counts.
    ///
    /// - Parameters:
    ///   - zero: A value whose fields are at zero.
    ///   - expectedCount: How many members there may be: a guess that saves time.
    /// - Returns: The members.
    /// - Throws: ``JSONFailure`` if it is no object, or one of the values that count is none of this type.
    mutating func dictionary<Value: JSONReadable>(
        of zero: Value,
        expectedCount: Int
    ) throws(JSONFailure) -> [String: Value] {
        guard try self.openObject() else { return [:] }
        // Limited, because a member takes many times the memory that a sender needs to promise it.
        var dictionary = [String: Value](minimumCapacity: min(expectedCount, 64))
        repeat {
            let key = try self.keyText()
            let start = self
            var value = zero
            do throws(JSONFailure) {
                if !(try self.consumeNull()) { try self.object(into: &value) }
            } catch {
                // Of a member that does not count, any value will do.
                guard dictionary.index(forKey: key) != nil else { throw error.inside(.member(key)) }
                self = start
                try self.skipValue()
                continue
            }
            // Equal keys are rare: so they are noticed when it is done, and nothing is looked up twice before.
            if let first = dictionary.updateValue(value, forKey: key) { dictionary[key] = first }
        } while try self.hasNext(before: UInt8(ascii: "}"))
        return dictionary
    }

    /// Reads `true` or `false`.
    mutating func bool() throws(JSONFailure) -> Bool {
        switch self.byte(at: self.offset) {
        case UInt8(ascii: "t"): try self.expect("true")
        case UInt8(ascii: "f"):
            try self.expect("false")
            return false
        default: throw self.unexpectedType()
        }
        return true
    }

    /// Skips the opening brace; returns `false` if the object is empty, and is then behind it.
    @inline(__always) mutating func openObject() throws(JSONFailure) -> Bool {
        guard self.byte(at: self.offset) == UInt8(ascii: "{") else { throw self.unexpectedType() }
        try self.enterContainer()
        guard self.consume(UInt8(ascii: "}")) else { return true }
        self.leaveContainer()
        return false
    }

    /// Reads a key and the colon behind it, without checking its content.
    @inline(__always) mutating func key() throws(JSONFailure) -> JSONStringToken {
        guard self.byte(at: self.offset) == UInt8(ascii: "\"") else { throw self.unexpected() }
        let token = try self.stringToken()
        try self.skipColon()
        return token
    }

    private mutating func keyText() throws(JSONFailure) -> String {
        guard self.byte(at: self.offset) == UInt8(ascii: "\"") else { throw self.unexpected() }
        let text = try self.string()
        try self.skipColon()
        return text
    }

    @inline(__always) private mutating func skipColon() throws(JSONFailure) {
        self.skipWhitespace()
        guard self.consume(UInt8(ascii: ":")) else { throw self.unexpected() }
        self.skipWhitespace()
    }
}

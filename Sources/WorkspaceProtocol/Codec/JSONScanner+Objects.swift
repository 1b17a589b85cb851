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
    mutating func dictionary<Value: JSONReadable>(of zero: Value) throws(JSONFailure) -> [String: Value] {
        var dictionary: [String: Value] = [:]
        guard try self.openObject() else { return dictionary }
        repeat {
            let key = try self.keyText()
            guard dictionary.index(forKey: key) == nil else {
                try self.skipValue()
                continue
            }
            var value = zero
            do throws(JSONFailure) {
                if !(try self.consumeNull()) { try self.object(into: &value) }
            } catch {
                throw error.inside(.member(key))
            }
            dictionary[key] = value
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

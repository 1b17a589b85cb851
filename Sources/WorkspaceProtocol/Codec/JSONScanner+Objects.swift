extension JSONScanner {
    /// Reads an object; see ``JSONReadable`` for the rules.
    @inline(never) mutating func object<Value: JSONReadable>() throws(JSONFailure) -> Value {
        var value = Value()
        try self.object(into: &value)
        return consume value
    }

    /// Reads an object into `value`; see ``JSONReadable`` for the rules.
    @inline(__always) mutating func object<Value: JSONReadable>(into value: inout Value) throws(JSONFailure) {
        guard self.byte(at: self.offset) == UInt8(ascii: "{") else { throw self.unexpectedType() }
        var members = JSONMembers()
        try self.nest()
        do throws(JSONFailure) {
            try value.read(&members, from: &self)
        } catch {
            throw members.failure(error)
        }
        guard members.isBehindValue, self.byte(at: self.offset) == UInt8(ascii: "}") else {
            return try self.remainingMembers(&members, into: &value)
        }
        self.offset &+= 1
        self.leaveContainer()
    }

    /// Reads the rest of an object: members in another order or spelling, unknown members, and `null`.
    @inline(never) private mutating func remainingMembers<Value: JSONReadable>(
        _ members: inout JSONMembers,
        into value: inout Value
    ) throws(JSONFailure) {
        guard try members.isBehindValue ? self.hasNext(before: UInt8(ascii: "}")) : self.skipBrace() else { return }
        repeat {
            try members.readKey(from: &self)
            do throws(JSONFailure) {
                try value.read(&members, from: &self)
            } catch {
                throw members.failure(error)
            }
            try members.skipPending(in: &self)
        } while try self.hasNext(before: UInt8(ascii: "}"))
    }

    /// Reads an array of strings; a `null` in it becomes an empty string, as in Go.
    mutating func strings() throws(JSONFailure) -> [String] {
        guard self.byte(at: self.offset) == UInt8(ascii: "[") else { throw self.unexpectedType() }
        var strings: [String] = []
        try self.enterContainer()
        guard !self.consume(UInt8(ascii: "]")) else {
            self.leaveContainer()
            return strings
        }
        // A list often has one or two strings. Growing from a capacity of one costs an allocation each time.
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

    /// Reads an object whose keys are data, such as paths; if a key is repeated, the first one counts.
    ///
    /// - Parameter expectedCount: The likely number of members; a good guess saves time.
    /// - Returns: The members.
    /// - Throws: ``JSONFailure`` if it is not an object, or if a value that counts has another type.
    mutating func dictionary<Value: JSONReadable>(expectedCount: Int) throws(JSONFailure) -> [String: Value] {
        guard try self.openObject() else { return [:] }
        // Limited: a sender can announce many members with few bytes, but each takes much memory here.
        var dictionary = [String: Value](minimumCapacity: min(expectedCount, 64))
        repeat {
            let key = try self.keyText()
            let start = self
            do throws(JSONFailure) {
                let value: Value = try self.consumeNull() ? Value() : self.object()
                // Repeated keys are rare. So we notice them after the insertion and need no lookup before it.
                if let first = dictionary.updateValue(consume value, forKey: key) {
                    dictionary[key] = first
                    self.note(.unreadMembers)
                }
            } catch {
                // The value of a repeated member does not count, so it may have any type.
                guard dictionary.index(forKey: key) != nil else { throw error.inside(.member(key)) }
                self = start
                self.note(.unreadMembers)
                try self.skipValue()
            }
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

    /// Opens an object; returns `false` if it is empty, and then stands after it.
    @inline(__always) mutating func openObject() throws(JSONFailure) -> Bool {
        guard self.byte(at: self.offset) == UInt8(ascii: "{") else { throw self.unexpectedType() }
        try self.nest()
        return self.skipBrace()
    }

    /// Skips the opening brace; returns `false` if the object is empty, and then stands after it.
    @inline(__always) private mutating func skipBrace() -> Bool {
        self.offset &+= 1
        self.skipWhitespace()
        guard self.consume(UInt8(ascii: "}")) else { return true }
        self.leaveContainer()
        return false
    }

    /// Reads a key and the colon after it, but does not check the content of the key.
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

extension JSONScanner {
    /// Reads an array of objects; a `null` in it becomes an object without members, as in Go.
    @inline(never) mutating func objects<Value: JSONReadable>() throws(JSONFailure) -> [Value] {
        guard self.byte(at: self.offset) == UInt8(ascii: "[") else { throw self.unexpectedType() }
        var values: [Value] = []
        try self.enterContainer()
        guard !self.consume(UInt8(ascii: "]")) else {
            self.leaveContainer()
            return values
        }
        repeat {
            do throws(JSONFailure) {
                values.append(try self.consumeNull() ? Value() : self.object())
            } catch {
                throw error.inside(.element(values.count))
            }
        } while try self.hasNext(before: UInt8(ascii: "]"))
        return values
    }
}

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

    /// Reads what is left of an object: members in another order or spelling, unknown ones, and `null`.
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
    /// - Parameter expectedCount: How many members there may be: a guess that saves time.
    /// - Returns: The members.
    /// - Throws: ``JSONFailure`` if it is no object, or one of the values that count is none of this type.
    mutating func dictionary<Value: JSONReadable>(expectedCount: Int) throws(JSONFailure) -> [String: Value] {
        guard try self.openObject() else { return [:] }
        // Limited, because a member takes many times the memory that a sender needs to promise it.
        var dictionary = [String: Value](minimumCapacity: min(expectedCount, 64))
        repeat {
            let key = try self.keyText()
            let start = self
            do throws(JSONFailure) {
                let value: Value = try self.consumeNull() ? Value() : self.object()
                // Equal keys are rare: so they are noticed when it is done, and nothing is looked up twice before.
                if let first = dictionary.updateValue(consume value, forKey: key) {
                    dictionary[key] = first
                    self.note(.unreadMembers)
                }
            } catch {
                // Of a member that does not count, any value will do.
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

    /// Opens an object; returns `false` if it is empty, and is then behind it.
    @inline(__always) mutating func openObject() throws(JSONFailure) -> Bool {
        guard self.byte(at: self.offset) == UInt8(ascii: "{") else { throw self.unexpectedType() }
        try self.nest()
        return self.skipBrace()
    }

    /// Skips the brace of an object that is open; returns `false` if it is empty, and is then behind it.
    @inline(__always) private mutating func skipBrace() -> Bool {
        self.offset &+= 1
        self.skipWhitespace()
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

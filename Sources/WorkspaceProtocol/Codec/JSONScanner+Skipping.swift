extension JSONScanner {
    /// Skips a value of any type and validates it, in a loop and not by recursion.
    mutating func skipValue() throws(JSONFailure) {
        if try self.skipScalar() { return }
        var open = JSONContainerStack()
        repeat {
            var isComplete = try self.skipScalar()
            if !isComplete { isComplete = try self.skipOpening(&open) }
            if isComplete { try self.skipEndings(&open) }
        } while open.count > 0
    }

    /// Skips a string, a number, `true`, `false` or `null`; returns `false` at an array or object.
    private mutating func skipScalar() throws(JSONFailure) -> Bool {
        switch self.byte(at: self.offset) {
        case UInt8(ascii: "\""): try self.validate(try self.stringToken())
        case UInt8(ascii: "{"), UInt8(ascii: "["): return false
        case UInt8(ascii: "t"): try self.expect("true")
        case UInt8(ascii: "f"): try self.expect("false")
        case UInt8(ascii: "n"): try self.expect("null")
        default: try self.skipNumber()
        }
        return true
    }

    /// Skips the start of an array or object up to its first value; returns `true` if there is none.
    private mutating func skipOpening(_ open: inout JSONContainerStack) throws(JSONFailure) -> Bool {
        let isObject = self.byte(at: self.offset) == UInt8(ascii: "{")
        try self.enterContainer()
        guard !self.consume(isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            self.leaveContainer()
            return true
        }
        open.push(isObject: isObject)
        if isObject { try self.skipKey() }
        return false
    }

    /// Skips everything after a value: the ends of the containers that it completes, and the way to the next value.
    private mutating func skipEndings(_ open: inout JSONContainerStack) throws(JSONFailure) {
        while open.count > 0 {
            let isObject = open.isObject
            if try self.hasNext(before: isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                if isObject { try self.skipKey() }
                return
            }
            open.pop()
        }
    }

    private mutating func skipKey() throws(JSONFailure) {
        try self.validate(try self.key())
    }
}

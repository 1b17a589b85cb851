#if RED_CONTROLS
internal import RedControls
#endif

/// The members of one object met so far, and the one that is next.
struct JSONMembers {
    /// Whether the scanner is behind the value of a member.
    var isBehindValue: Bool { self.separator == UInt16(UInt8(ascii: ",")) }

    /// The byte before the next key: a brace before the first one; no byte at all while a key is pending.
    private var separator = UInt16(UInt8(ascii: "{"))

    /// One bit for each field that was met.
    private var met: UInt32 = 0

    /// The name of the field that was met last.
    private var latest: StaticString = ""

    /// The key that was read without knowing its field.
    private var pending: JSONStringToken?

    /// Whether the value of that key is `null`, and was skipped.
    private var isNull = false

    /// Whether somebody has asked for that key and takes `null` for none.
    private var isAnswered = false

    /// Whether the value of a field is next, and wanted: `null`, and a member that was met before, is not.
    ///
    /// Skips the key, unless it is the pending one.
    @inline(__always) mutating func isNext(_ field: JSONField, in scanner: inout JSONScanner) -> Bool {
        let bit: UInt32 = 1 &<< UInt32(field.index)
        guard self.met & bit == 0 else { return false }
        guard scanner.consumeKey(field.name, behind: self.separator) else {
            return self.pending != nil && self.takesPending(field, in: scanner)
        }
        self.met |= bit
        self.latest = field.name
        self.separator = UInt16(UInt8(ascii: ","))
        return true
    }

    /// Reads a key and the colon behind it: the questions that follow are about that one.
    mutating func readKey(from scanner: inout JSONScanner) throws(JSONFailure) {
        let token = try scanner.key()
        try scanner.validate(token)
        self.pending = token
        self.isNull = try scanner.consumeNull()
        self.isAnswered = false
        self.separator = .max
    }

    /// Skips the value of the key that was read, if nobody has asked for it.
    mutating func skipPending(in scanner: inout JSONScanner) throws(JSONFailure) {
        guard self.pending != nil else { return }
        self.pending = nil
        self.separator = UInt16(UInt8(ascii: ","))
        if !self.isNull { try scanner.skipValue() }
        #if RED_CONTROLS
        if RedControl.isActive(.unreadMembersNotNoted) { return }
        #endif
        if !self.isAnswered { scanner.note(.unreadMembers) }
    }

    /// A failure of the value that was read last, seen from the object.
    @inline(never) func failure(_ error: JSONFailure) -> JSONFailure {
        error.inside(.member(self.latest.description))
    }

    #if RED_CONTROLS
    /// Whether the key that was read is that of a field, and its value `null`.
    func isNull(_ field: JSONField, in scanner: JSONScanner) -> Bool {
        guard self.isNull, let key = self.pending else { return false }
        return scanner.isName(field.name, key)
    }
    #endif

    /// Whether the key that was read is that of a field, and its value is wanted.
    @inline(never) private mutating func takesPending(_ field: JSONField, in scanner: JSONScanner) -> Bool {
        guard let key = self.pending, scanner.isName(field.name, key) else { return false }
        self.met |= 1 &<< UInt32(field.index)
        self.latest = field.name
        // What is `null` stays pending, so that no other field is behind it: nobody else has its name.
        self.isAnswered = true
        guard !self.isNull else { return false }
        self.separator = UInt16(UInt8(ascii: ","))
        self.pending = nil
        return true
    }
}

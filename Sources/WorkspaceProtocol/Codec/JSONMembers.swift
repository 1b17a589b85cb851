#if RED_CONTROLS
internal import RedControls
#endif

/// The members of one object that were met so far, and the next one.
struct JSONMembers {
    /// Whether the scanner is right after the value of a member.
    var isBehindValue: Bool { self.separator == UInt16(UInt8(ascii: ",")) }

    /// The byte before the next key, which is a brace before the first key; no byte matches while a key is pending.
    private var separator = UInt16(UInt8(ascii: "{"))

    /// One bit for each field that was met.
    private var met: UInt32 = 0

    /// The name of the field that was met last.
    private var latest: StaticString = ""

    /// A key that was read before its field was known.
    private var pending: JSONStringToken?

    /// Whether the value of the pending key is `null`; it is skipped already.
    private var isNull = false

    /// Whether a field has the pending key, so that its `null` value counts as absent.
    private var isAnswered = false

    /// Whether the value of this field comes next and is wanted; `null` and a repeated member are not wanted.
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

    /// Reads a key and the colon after it; the next questions are about this key.
    mutating func readKey(from scanner: inout JSONScanner) throws(JSONFailure) {
        let token = try scanner.key()
        try scanner.validate(token)
        self.pending = token
        self.isNull = try scanner.consumeNull()
        self.isAnswered = false
        self.separator = .max
    }

    /// Skips the value of the pending key, if no field has taken it.
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

    /// The failure of the last value, seen from the object.
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

    /// Whether the pending key is the key of this field, and its value is wanted.
    @inline(never) private mutating func takesPending(_ field: JSONField, in scanner: JSONScanner) -> Bool {
        guard let key = self.pending, scanner.isName(field.name, key) else { return false }
        self.met |= 1 &<< UInt32(field.index)
        self.latest = field.name
        // A key with `null` stays pending until it is skipped. No other field can take it, because no other has its
        // name.
        self.isAnswered = true
        guard !self.isNull else { return false }
        self.separator = UInt16(UInt8(ascii: ","))
        self.pending = nil
        return true
    }
}

/// A member of an object that this library knows.
struct JSONField {
    /// Its place among the fields of the object; below 32.
    let index: UInt8

    /// The name on the wire; ASCII without quotes, backslashes or control characters.
    let name: StaticString

    @inline(__always) init(_ index: UInt8, _ name: StaticString) {
        self.index = index
        self.name = name
    }
}

/// A value read from a JSON object, member by member.
///
/// The rules are those of agentctl's other clients, which use Go's `encoding/json`. A member that is absent or `null`
/// leaves its field at the zero value. An unknown member is ignored. A member of the wrong type is an error. If several
/// members have the same name, the first one counts, as in `JSONDecoder`.
protocol JSONReadable {
    /// All fields at zero.
    init()

    /// Asks ``JSONMembers/isNext(_:in:)`` for each field, in agentctl's order, and reads the value if the answer is
    /// true.
    ///
    /// For an object that agentctl wrote, one pass reads all members, and each question is a comparison with constants.
    /// If the members come in another order, more passes follow.
    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure)
}

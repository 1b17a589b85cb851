/// Appends JSON to bytes, with the escapes of Go's `encoding/json`.
struct JSONWriter {
    /// The bytes written so far.
    private(set) var bytes: [UInt8]

    /// Continues after `bytes`.
    init(bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    // MARK: Structure

    /// Writes an object whose members are written by `members`.
    mutating func object(_ members: (inout JSONWriter) -> Void) {
        self.bytes.append(UInt8(ascii: "{"))
        members(&self)
        self.bytes.append(UInt8(ascii: "}"))
    }

    /// Writes a name that needs no escapes, and the colon after it.
    mutating func name(_ name: StaticString) {
        self.separate()
        self.bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { unsafe self.bytes.append(contentsOf: $0) }
        self.bytes.append(UInt8(ascii: "\""))
        self.bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a name that is data, and the colon after it.
    mutating func name(_ name: String) {
        self.separate()
        self.string(name)
        self.bytes.append(UInt8(ascii: ":"))
    }

    /// Writes a comma, unless this is the first member or element.
    mutating func separate() {
        // No value ends with an opening bracket: a string ends with its quote.
        guard let last = self.bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") else { return }
        self.bytes.append(UInt8(ascii: ","))
    }

    /// Writes `text` unchanged: a character of the grammar, or a whole literal.
    mutating func literal(_ text: StaticString) {
        text.withUTF8Buffer { unsafe self.bytes.append(contentsOf: $0) }
    }

    // MARK: Values

    /// Writes `text` unchanged: a value whose text was checked.
    mutating func text(_ text: String) { self.bytes.append(contentsOf: text.utf8) }

    /// Writes a decimal number.
    mutating func integer(_ value: Int64) {
        self.bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes a string with its quotes.
    mutating func string(_ text: String) {
        self.bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { unsafe self.escaped($0) }
        self.bytes.append(UInt8(ascii: "\""))
    }

    /// Writes the text, and the escapes of all characters that need one.
    private mutating func escaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        var index = 0
        while index < text.count {
            guard let escape = unsafe JSONEscape(of: text, at: index) else {
                index &+= 1
                continue
            }
            unsafe self.bytes.append(contentsOf: text[start..<index])
            self.write(escape)
            index &+= escape.sourceLength
            start = index
        }
        unsafe self.bytes.append(contentsOf: text[start...])
    }

    private mutating func write(_ escape: JSONEscape) {
        self.bytes.append(UInt8(ascii: "\\"))
        switch escape {
        case .letter(let letter): self.bytes.append(letter)
        case .codeUnit(let unit):
            let digits = String(unit, radix: 16)
            self.bytes.append(UInt8(ascii: "u"))
            self.bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
            self.bytes.append(contentsOf: digits.utf8)
        }
    }
}

extension JSONWriter {
    /// Writes a member.
    mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        self.string(value)
    }

    /// Writes a member.
    mutating func member(_ name: StaticString, _ value: Int) {
        self.name(name)
        self.integer(Int64(value))
    }

    /// Writes a member.
    mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        self.literal(value ? "true" : "false")
    }

    /// Writes a member; `nil` becomes `null`, and an empty array is written, too.
    mutating func member(_ name: StaticString, _ value: [String]?) {
        self.name(name)
        guard let value else { return self.literal("null") }
        self.literal("[")
        for element in value {
            self.separate()
            self.string(element)
        }
        self.literal("]")
    }

    // MARK: Members that Go marks `omitempty`

    /// Writes a member unless the value is `nil`; an empty string is written.
    mutating func memberIfPresent(_ name: StaticString, _ value: String?) {
        if let value { self.member(name, value) }
    }

    /// Writes a member unless the value is `nil`; 0 is written.
    mutating func memberIfPresent(_ name: StaticString, _ value: Int?) {
        if let value { self.member(name, value) }
    }

    /// Writes a member unless the value is empty.
    mutating func memberIfNotZero(_ name: StaticString, _ value: String) {
        if !value.isEmpty { self.member(name, value) }
    }

    /// Writes a member unless the value is 0.
    mutating func memberIfNotZero(_ name: StaticString, _ value: Int) {
        if value != 0 { self.member(name, value) }
    }

    /// Writes a member unless the value is `false`.
    mutating func memberIfNotZero(_ name: StaticString, _ value: Bool) {
        if value { self.member(name, value) }
    }

    /// Writes a member unless the value is empty; the keys are sorted by their UTF-8, as Go does.
    mutating func memberIfNotZero(_ name: StaticString, _ value: [String: some WorkspacePayload]) {
        guard !value.isEmpty else { return }
        self.name(name)
        self.object { writer in
            for (key, element) in value.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                writer.name(key)
                writer.object { element.write(to: &$0) }
            }
        }
    }

    /// Writes a member that is an object.
    mutating func member(_ name: StaticString, _ value: some WorkspacePayload) {
        self.name(name)
        self.object { value.write(to: &$0) }
    }
}

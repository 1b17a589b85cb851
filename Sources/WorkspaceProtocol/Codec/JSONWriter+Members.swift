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

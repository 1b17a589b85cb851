/// A setting of a session.
public struct AgentConfigOption: Sendable, Hashable {
    /// Its type, such as `select` or `toggle`.
    public var type = ""

    /// The value to set it with.
    public var id = ""

    /// Its name, for people.
    public var name = ""

    /// What it does.
    public var text = ""

    /// Its value.
    public var currentValue = ""

    /// The group that it belongs to.
    public var category = ""

    /// The possible values.
    public var values: [AgentConfigValue] = []

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentConfigOption: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var type: JSONField { JSONField(0, "type") }
        static var id: JSONField { JSONField(1, "id") }
        static var name: JSONField { JSONField(2, "name") }
        static var text: JSONField { JSONField(3, "description") }
        static var currentValue: JSONField { JSONField(4, "current_value") }
        static var category: JSONField { JSONField(5, "category") }
        static var values: JSONField { JSONField(6, "options") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.type, in: &scanner) { self.type = try scanner.string() }
        if members.isNext(Field.id, in: &scanner) { self.id = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
        if members.isNext(Field.currentValue, in: &scanner) { self.currentValue = try scanner.string() }
        if members.isNext(Field.category, in: &scanner) { self.category = try scanner.string() }
        if members.isNext(Field.values, in: &scanner) { self.values = try scanner.objects() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.type.name, self.type)
        writer.member(Field.id.name, self.id)
        writer.member(Field.name.name, self.name)
        writer.memberIfNotZero(Field.text.name, self.text)
        writer.member(Field.currentValue.name, self.currentValue)
        writer.memberIfNotZero(Field.category.name, self.category)
        writer.memberIfNotZero(Field.values.name, self.values)
    }
}

/// A possible value of a setting.
public struct AgentConfigValue: Sendable, Hashable {
    /// The value.
    public var value = ""

    /// Its name, for people.
    public var name = ""

    /// What it does.
    public var text = ""

    /// Creates a value without members; you can set single ones.
    public init() {}
}

extension AgentConfigValue: WorkspacePayload {
    /// The members, in agentctl's order.
    enum Field {
        static var value: JSONField { JSONField(0, "value") }
        static var name: JSONField { JSONField(1, "name") }
        static var text: JSONField { JSONField(2, "description") }
    }

    mutating func read(_ members: inout JSONMembers, from scanner: inout JSONScanner) throws(JSONFailure) {
        if members.isNext(Field.value, in: &scanner) { self.value = try scanner.string() }
        if members.isNext(Field.name, in: &scanner) { self.name = try scanner.string() }
        if members.isNext(Field.text, in: &scanner) { self.text = try scanner.string() }
    }

    func write(to writer: inout JSONWriter) {
        writer.member(Field.value.name, self.value)
        writer.member(Field.name.name, self.name)
        writer.memberIfNotZero(Field.text.name, self.text)
    }
}

import WorkspaceProtocol

/// One JSON object of a scenario file, and its place; errors say exactly what is wrong.
struct ScenarioObject {
    let path: String
    private let members: [String: MockJSON]

    init(_ value: MockJSON, at path: String) throws(MockServerError) {
        guard case .object(let members) = value else { throw Self.mismatch("an object", value, at: path) }
        self.members = Dictionary(members.map { ($0.name, $0.value) }) { _, last in last }
        self.path = path
    }

    func has(_ name: String) -> Bool { self.members[name] != nil }

    /// Refuses unknown members, which are usually misspelled.
    func allowOnly(_ names: Set<String>) throws(MockServerError) {
        guard let unknown = self.members.keys.sorted().first(where: { !names.contains($0) }) else { return }
        throw self.error("There is no member \"\(unknown)\" here; use \(names.sorted().joined(separator: ", ")).")
    }

    func error(_ message: String, at name: String? = nil, cause: (any Error)? = nil) -> MockServerError {
        MockServerError(.invalidScenario, message, at: self.place(name), cause: cause)
    }

    private func place(_ name: String?) -> String {
        guard let name else { return self.path }
        return self.path.isEmpty ? name : "\(self.path).\(name)"
    }

    private static func mismatch(_ expected: String, _ value: MockJSON, at path: String) -> MockServerError {
        MockServerError(.invalidScenario, "This must be \(expected), got \(value.excerpt).", at: path)
    }

    private func required(_ name: String, _ expected: String) throws(MockServerError) -> MockJSON {
        guard let value = self.members[name] else {
            throw self.error("The member \"\(name)\" is missing; add \(expected).")
        }
        return value
    }

    // MARK: Members

    func string(_ name: String) throws(MockServerError) -> String {
        let value = try self.required(name, "a string")
        guard case .string(let text) = value else { throw Self.mismatch("a string", value, at: self.place(name)) }
        return text
    }

    func integer(_ name: String) throws(MockServerError) -> Int {
        let value = try self.required(name, "a whole number")
        guard case .integer(let number) = value, let number = Int(exactly: number) else {
            throw Self.mismatch("a whole number", value, at: self.place(name))
        }
        return number
    }

    func number(_ name: String) throws(MockServerError) -> Double {
        let value = try self.required(name, "a number")
        switch value {
        case .integer(let number): return Double(number)
        case .number(let number): return number
        default: throw Self.mismatch("a number", value, at: self.place(name))
        }
    }

    /// A time in seconds, at most a year.
    func seconds(_ name: String) throws(MockServerError) -> Duration {
        let seconds = try self.number(name)
        guard (0...31_536_000).contains(seconds) else {
            throw self.error("Seconds are 0 to 31536000, got \(seconds).", at: name)
        }
        return .seconds(seconds)
    }

    func array(_ name: String) throws(MockServerError) -> [MockJSON] {
        let value = try self.required(name, "an array")
        guard case .array(let values) = value else { throw Self.mismatch("an array", value, at: self.place(name)) }
        return values
    }

    func bool(_ name: String) throws(MockServerError) -> Bool {
        let value = try self.required(name, "true or false")
        guard case .bool(let isTrue) = value else { throw Self.mismatch("true or false", value, at: self.place(name)) }
        return isTrue
    }

    /// Any value.
    func json(_ name: String) throws(MockServerError) -> MockJSON { try self.required(name, "a value") }

    func object(_ name: String) throws(MockServerError) -> ScenarioObject {
        try ScenarioObject(try self.required(name, "an object"), at: self.place(name))
    }

    /// The objects of an array.
    func objects<Value>(
        _ name: String,
        _ read: (ScenarioObject) throws(MockServerError) -> Value
    ) throws(MockServerError) -> [Value] {
        var values: [Value] = []
        for (index, value) in try self.array(name).enumerated() {
            values.append(try read(try ScenarioObject(value, at: self.place("\(name)[\(index)]"))))
        }
        return values
    }

    /// A member; nil if it is missing.
    func optional<Value>(
        _ name: String,
        _ read: (String) throws(MockServerError) -> Value
    ) throws(MockServerError) -> Value? {
        self.has(name) ? try read(name) : nil
    }

    /// The bytes of `text` or `bytes`, at most one of them; empty if both are missing.
    func bytes() throws(MockServerError) -> [UInt8] {
        guard self.has("bytes") else { return try self.optional("text", self.string).map { Array($0.utf8) } ?? [] }
        guard !self.has("text") else { throw self.error("Use either text or bytes, not both.") }
        var bytes: [UInt8] = []
        for (index, value) in try self.array("bytes").enumerated() {
            guard case .integer(let number) = value, let byte = UInt8(exactly: number) else {
                throw Self.mismatch("a number from 0 to 255", value, at: self.place("bytes[\(index)]"))
            }
            bytes.append(byte)
        }
        return bytes
    }

    func strings(_ name: String) throws(MockServerError) -> [(name: String, value: String)] {
        let object = try ScenarioObject(try self.required(name, "an object"), at: self.place(name))
        var strings: [(name: String, value: String)] = []
        for key in object.members.keys.sorted() { strings.append((key, try object.string(key))) }
        return strings
    }

    // MARK: Messages of the workspace

    func events(_ name: String) throws(MockServerError) -> [WorkspaceEvent] {
        var events: [WorkspaceEvent] = []
        for (index, value) in try self.array(name).enumerated() {
            events.append(try self.event(value, at: "\(name)[\(index)]"))
        }
        return events
    }

    func event(_ name: String) throws(MockServerError) -> WorkspaceEvent {
        try self.event(try self.required(name, "a message as on the wire"), at: name)
    }

    private func event(_ value: MockJSON, at name: String) throws(MockServerError) -> WorkspaceEvent {
        let event = WorkspaceEventDecoder().decode(value.bytes)
        guard case .malformed(let message) = event.content else { return event }
        let remedy = "write it as it is on the wire, such as {\"type\": \"shell_output\", \"data\": \"$ \"}"
        throw self.error("This is not a message of the workspace stream: \(remedy).", at: name, cause: message.error)
    }
}

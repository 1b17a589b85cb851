@testable import MockAgentServer

/// A validator for the part of JSON Schema that `docs/scenario.schema.json` uses.
struct JSONSchema {
    /// A word of the schema that this validator does not know: it would be ignored silently.
    struct UnknownKeyword: Error { var name: String }

    private static let known: Set<String> = [
        "$schema", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
        "items", "enum", "const", "oneOf", "anyOf", "not", "minimum", "maximum", "exclusiveMinimum", "minItems",
        "maxItems", "minLength",
    ]

    let root: MockJSON

    /// - Returns: What is wrong with a value, with its place; empty if it fits.
    func problems(_ value: MockJSON) throws -> [String] { try self.problems(value, self.root, "") }

    private func problems(_ value: MockJSON, _ schema: MockJSON, _ path: String) throws -> [String] {
        if schema == false { return ["\(path): not allowed"] }
        guard schema != true else { return [] }
        for member in schema.members ?? [] where !Self.known.contains(member.name) {
            throw UnknownKeyword(name: member.name)
        }
        if let reference = schema["$ref"]?.text { return try self.problems(value, self.resolve(reference), path) }
        return try self.combined(value, schema, path) + self.scalar(value, schema, path)
            + self.array(value, schema, path) + self.object(value, schema, path)
    }

    private func resolve(_ reference: String) throws -> MockJSON {
        var schema = self.root
        for name in reference.split(separator: "/").dropFirst() {
            guard let next = schema[String(name)] else { throw UnknownKeyword(name: reference) }
            schema = next
        }
        return schema
    }

    private func combined(_ value: MockJSON, _ schema: MockJSON, _ path: String) throws -> [String] {
        var problems: [String] = []
        if let choices = schema["oneOf"]?.elements {
            let fitting = try choices.count { try self.problems(value, $0, path).isEmpty }
            if fitting != 1 { problems.append("\(path): fits \(fitting) of oneOf: \(value)") }
        }
        if let choices = schema["anyOf"]?.elements {
            let fits = try choices.contains { try self.problems(value, $0, path).isEmpty }
            if !fits { problems.append("\(path): fits none of anyOf") }
        }
        if let other = schema["not"], try self.problems(value, other, path).isEmpty {
            problems.append("\(path): fits not")
        }
        return problems
    }

    private func scalar(_ value: MockJSON, _ schema: MockJSON, _ path: String) -> [String] {
        var problems: [String] = []
        if let type = schema["type"]?.text, !Self.types(of: value).contains(type) {
            problems.append("\(path): no \(type)")
        }
        if let constant = schema["const"], constant != value { problems.append("\(path): not \(constant)") }
        if let values = schema["enum"]?.elements, !values.contains(value) { problems.append("\(path): not in enum") }
        if let number = value.double {
            if let least = schema["minimum"]?.double, number < least { problems.append("\(path): less than \(least)") }
            if let most = schema["maximum"]?.double, number > most { problems.append("\(path): more than \(most)") }
            if let least = schema["exclusiveMinimum"]?.double, number <= least { problems.append("\(path): too small") }
        }
        if let least = schema["minLength"]?.integer, let text = value.text, text.unicodeScalars.count < least {
            problems.append("\(path): too short")
        }
        return problems
    }

    private static func types(of value: MockJSON) -> [String] {
        switch value {
        case .null: ["null"]
        case .bool: ["boolean"]
        case .integer: ["integer", "number"]
        case .number: ["number"]
        case .string: ["string"]
        case .array: ["array"]
        case .object: ["object"]
        }
    }

    private func array(_ value: MockJSON, _ schema: MockJSON, _ path: String) throws -> [String] {
        guard let elements = value.elements else { return [] }
        var problems: [String] = []
        if let least = schema["minItems"]?.integer, elements.count < least { problems.append("\(path): too few") }
        if let most = schema["maxItems"]?.integer, elements.count > most { problems.append("\(path): too many") }
        guard let items = schema["items"] else { return problems }
        for (index, element) in elements.enumerated() {
            problems += try self.problems(element, items, "\(path)[\(index)]")
        }
        return problems
    }

    private func object(_ value: MockJSON, _ schema: MockJSON, _ path: String) throws -> [String] {
        guard let members = value.members else { return [] }
        var problems = (schema["required"]?.elements ?? []).compactMap(\.text)
            .filter { value[$0] == nil }.map { "\(path): \($0) is missing" }
        for member in members {
            let own = schema["properties"]?[member.name] ?? schema["additionalProperties"] ?? true
            problems += try self.problems(member.value, own, "\(path).\(member.name)")
        }
        return problems
    }
}

extension MockJSON {
    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

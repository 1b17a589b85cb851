import TestSupport

/// Makes messages of all types: most are valid, and some have missing, repeated, misplaced or wrong members.
struct FrameGenerator {
    private var random: SplitMix64

    init(seed: UInt64) {
        self.random = SplitMix64(seed: seed)
    }

    /// The next frame.
    mutating func frame() -> [UInt8] {
        var text = ""
        self.message().write(to: &text, using: &self.random)
        var bytes = [UInt8](text.utf8)
        if self.chance(2) { self.damage(&bytes) }
        return bytes
    }

    // MARK: Messages

    private mutating func message() -> JSONTree {
        let type = self.pick(Self.types)
        let timestamp = Int64.random(in: 0...2_000_000_000_000, using: &self.random)
        var members = [JSONTree.Member("type", .string(type)), JSONTree.Member("timestamp", .raw("\(timestamp)"))]
        switch type {
        case "shell_output", "shell_input": members.append(.init("data", .string(self.text())))
        case "error": members.append(.init("error", .string(self.text())))
        case "shell_exit": members.append(.init("code", self.integer()))
        case "shell_resize": members += [.init("cols", self.integer()), .init("rows", self.integer())]
        default: if let schema = Self.payloads[type] { members.append(.init(type, self.object(schema))) }
        }
        return .object(self.vary(members))
    }

    private mutating func object(_ schema: [(String, Kind)]) -> JSONTree {
        .object(self.vary(schema.map { .init($0.0, self.value($0.1)) }))
    }

    private mutating func value(_ kind: Kind) -> JSONTree {
        switch kind {
        case .text: .string(self.text())
        case .integer: self.integer()
        case .bool: .raw(self.pick(["true", "false"]))
        case .texts: .array((0..<self.below(4)).map { _ in self.chance(20) ? .raw("null") : .string(self.text()) })
        case .files:
            .object(
                (0..<self.below(4)).map { _ in
                    .init(self.text(), self.chance(20) ? .raw("null") : self.object(Self.file))
                }
            )
        }
    }

    /// Drops, repeats, replaces, adds and moves members, but rarely, so that most objects stay valid.
    private mutating func vary(_ members: [JSONTree.Member]) -> [JSONTree.Member] {
        var result = members
        if self.chance(4), !result.isEmpty { result.remove(at: self.below(result.count)) }
        if self.chance(12), !result.isEmpty { result[self.below(result.count)].value = self.oddity() }
        if self.chance(8), let member = result.randomElement(using: &self.random) {
            let value = self.chance(2) ? member.value : self.oddity()
            result.insert(.init(member.name, value), at: self.below(result.count + 1))
        }
        if self.chance(6) { result.insert(.init(self.text(), self.oddity()), at: self.below(result.count + 1)) }
        if self.chance(10) {
            result.insert(.init(self.pick(Self.foreign), self.oddity()), at: self.below(result.count + 1))
        }
        if self.chance(6) { result.shuffle(using: &self.random) }
        return result
    }

    private mutating func oddity() -> JSONTree {
        switch self.below(6) {
        case 0: .string(self.text())
        case 1: .array([self.integer(), .string(self.text()), .array([])])
        case 2: .object([.init("a", .raw("1")), .init(self.text(), .array([.object([])]))])
        case 3: .raw(self.pick(Self.numbers))
        default: .raw(self.pick(["null", "true", "false", "0", "-1"]))
        }
    }

    private mutating func text() -> String {
        if self.chance(3) { return self.pick(["", "a.swift", "main", "2026-01-01T00:00:00.5Z", "running", "stdout"]) }
        return (0..<self.below(24)).map { _ in self.pick(Self.characters) }.joined()
    }

    private mutating func integer() -> JSONTree {
        self.chance(6) ? .raw(self.pick(Self.numbers)) : .raw("\(self.below(1000))")
    }

    // MARK: Damage

    private mutating func damage(_ bytes: inout [UInt8]) {
        for _ in 0...self.below(3) {
            guard !bytes.isEmpty else { return }
            let index = self.below(bytes.count)
            switch self.below(7) {
            case 0: bytes[index] ^= 1 << UInt8(self.below(8))
            case 1: bytes.insert(UInt8.random(in: 0...255, using: &self.random), at: index)
            case 2: bytes.insert(self.pick([UInt8]("{}[],:\"\\ \n0e.-tfnu".utf8)), at: index)
            case 3: bytes.remove(at: index)
            case 4: bytes.removeLast(self.below(bytes.count))
            case 5: bytes.append(self.pick([UInt8](" \n}]x\0".utf8)))
            default: bytes.insert(contentsOf: bytes[index..<min(index + self.below(12), bytes.count)], at: index)
            }
        }
    }

    // MARK: Random choices

    private mutating func chance(_ sides: Int) -> Bool { self.below(sides) == 0 }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self.random) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[self.below(elements.count)] }
}

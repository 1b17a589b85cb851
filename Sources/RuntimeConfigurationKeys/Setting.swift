import AgentRuntime
import Configuration

/// One property that can be read from a configuration; its key is its name.
struct Setting<Root>: Sendable {
    let key: String
    /// Sets the property, if there is a value.
    fileprivate let read: @Sendable (inout Root, ConfigReader) throws -> Void

    /// The settings of a nested value, with its name before their keys.
    static func group<Value>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Value> & Sendable,
        _ settings: [Setting<Value>]
    ) -> [Self] {
        settings.map { setting in
            Self(key: "\(name).\(setting.key)") { root, config in
                try setting.read(&root[keyPath: path], config.scoped(to: ConfigKey(name)))
            }
        }
    }

    /// A time in seconds.
    static func duration(_ key: String, _ path: any WritableKeyPath<Root, Duration> & Sendable) -> Self {
        Self(key: key) { root, config in
            if let duration = try config.duration(key) { root[keyPath: path] = duration }
        }
    }

    /// A time in seconds; 0 sets nil.
    static func optionalDuration(_ key: String, _ path: any WritableKeyPath<Root, Duration?> & Sendable) -> Self {
        Self(key: key) { root, config in
            if let duration = try config.duration(key) { root[keyPath: path] = duration == .zero ? nil : duration }
        }
    }

    /// A whole number.
    static func integer(_ key: String, _ path: any WritableKeyPath<Root, Int> & Sendable) -> Self {
        Self(key: key) { root, config in
            if let number = try config.integer(key) { root[keyPath: path] = number }
        }
    }

    /// A whole number; 0 sets nil.
    static func optionalInteger(_ key: String, _ path: any WritableKeyPath<Root, Int?> & Sendable) -> Self {
        Self(key: key) { root, config in
            if let number = try config.integer(key) { root[keyPath: path] = number == 0 ? nil : number }
        }
    }

    /// True or false.
    static func flag(_ key: String, _ path: any WritableKeyPath<Root, Bool> & Sendable) -> Self {
        Self(key: key) { root, config in
            if let flag = try config.flag(key) { root[keyPath: path] = flag }
        }
    }

    /// A text; an empty one sets nil.
    static func optionalText(_ key: String, _ path: any WritableKeyPath<Root, String?> & Sendable) -> Self {
        Self(key: key) { root, config in
            if let text = try config.text(key) { root[keyPath: path] = text.isEmpty ? nil : text }
        }
    }

    /// One of several words.
    static func word<Value: RawRepresentable<String> & Sendable>(
        _ key: String,
        _ path: any WritableKeyPath<Root, Value> & Sendable
    ) -> Self {
        Self(key: key) { root, config in
            guard let text = try config.text(key) else { return }
            guard let value = Value(rawValue: text) else { throw config.invalid(key, "one of the documented words") }
            root[keyPath: path] = value
        }
    }

    /// Whether an optional value is there; true makes it with its defaults, false removes it.
    static func presence<Value>(
        _ key: String,
        _ path: any WritableKeyPath<Root, Value?> & Sendable,
        _ make: @escaping @Sendable () -> Value
    ) -> Self {
        Self(key: key) { root, config in
            guard let flag = try config.flag(key) else { return }
            root[keyPath: path] = flag ? root[keyPath: path] ?? make() : nil
        }
    }

    /// The settings of an optional value, which count only if it is there.
    static func optionalGroup<Value>(
        _ name: String,
        _ path: any WritableKeyPath<Root, Value?> & Sendable,
        _ settings: [Setting<Value>]
    ) -> [Self] {
        settings.map { setting in
            Self(key: "\(name).\(setting.key)") { root, config in
                guard var value = root[keyPath: path] else { return }
                try setting.read(&value, config.scoped(to: ConfigKey(name)))
                root[keyPath: path] = value
            }
        }
    }
}

extension Array {
    /// Sets every property that has a value.
    ///
    /// - Throws: ``AgentRuntimeError`` with `invalidConfiguration`.
    func read<Root>(into root: inout Root, from config: ConfigReader) throws(AgentRuntimeError)
    where Element == Setting<Root> {
        do {
            for setting in self { try setting.read(&root, config) }
        } catch let error as AgentRuntimeError {
            throw error
        } catch {
            throw AgentRuntimeError(.invalidConfiguration, "The configuration can't be read.", cause: error)
        }
    }
}

/// The longest time that can be set: about 31 years.
private let longestSeconds = 1e9

extension ConfigReader {
    fileprivate func invalid(_ key: String, _ form: String) -> AgentRuntimeError {
        AgentRuntimeError(.invalidConfiguration, "The value of \"\(key)\" in the configuration must be \(form).")
    }

    /// Whether there is a value of any form: a reader answers nil for a value of another form, too.
    private func hasValue(_ key: ConfigKey) -> Bool {
        self.string(forKey: key) != nil || self.int(forKey: key) != nil || self.double(forKey: key) != nil
            || self.bool(forKey: key) != nil || self.stringArray(forKey: key) != nil
    }

    private func found<Value>(_ value: Value?, _ key: String, _ form: String) throws -> Value? {
        if let value { return value }
        if self.hasValue(ConfigKey(key)) { throw self.invalid(key, form) }
        return nil
    }

    fileprivate func duration(_ key: String) throws -> Duration? {
        let name = ConfigKey(key)
        let form = "a number of seconds from 0 to 1000000000"
        let number = self.double(forKey: name) ?? self.int(forKey: name).map(Double.init)
        guard let seconds = try self.found(number, key, form) else { return nil }
        guard (0...longestSeconds).contains(seconds) else { throw self.invalid(key, form) }
        return .nanoseconds(Int64((seconds * 1e9).rounded()))
    }

    fileprivate func integer(_ key: String) throws -> Int? {
        try self.found(self.int(forKey: ConfigKey(key)), key, "a whole number")
    }

    fileprivate func flag(_ key: String) throws -> Bool? {
        try self.found(self.bool(forKey: ConfigKey(key)), key, "true or false")
    }

    fileprivate func text(_ key: String) throws -> String? {
        try self.found(self.string(forKey: ConfigKey(key)), key, "a text")
    }
}

/// Values by their names, like a dictionary, for few names.
///
/// Most events are about the name that the last one was about, so its place is remembered: it is found without hashing.
struct RecentTable<Value: Sendable>: Sendable {
    private var entries: [(name: String, value: Value)] = []
    private var indexes: [String: Int] = [:]
    private var last = 0

    /// The names, sorted.
    var names: [String] { self.indexes.keys.sorted() }

    /// All values, in no order.
    var values: [Value] { self.entries.map(\.value) }

    /// All names and values, in no order.
    var all: [(name: String, value: Value)] { self.entries }

    var count: Int { self.entries.count }

    subscript(_ name: String) -> Value? { self.indexes[name].map { self.entries[$0].value } }

    /// Changes a value.
    ///
    /// - Returns: False if there is none of this name.
    @discardableResult
    mutating func change(_ name: String, _ step: (inout Value) -> Void) -> Bool {
        if self.last >= self.entries.count || self.entries[self.last].name != name {
            guard let index = self.indexes[name] else { return false }
            self.last = index
        }
        step(&self.entries[self.last].value)
        return true
    }

    mutating func changeAll(_ step: (String, inout Value) -> Void) {
        for index in self.entries.indices { step(self.entries[index].name, &self.entries[index].value) }
    }

    /// Adds a value, or replaces the one of this name.
    mutating func set(_ name: String, _ value: Value) {
        if let index = self.indexes[name] {
            self.entries[index].value = value
        } else {
            self.indexes[name] = self.entries.count
            self.entries.append((name, value))
        }
    }

    mutating func remove(_ name: String) {
        guard let index = self.indexes.removeValue(forKey: name) else { return }
        let moved = self.entries.removeLast()
        guard index < self.entries.count else { return }
        self.entries[index] = moved
        self.indexes[moved.name] = index
    }
}

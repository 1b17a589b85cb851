import WorkspaceProtocol

/// The processes of a workspace by their ids.
///
/// Most events are output of the process that had the last one, so its place is remembered: it is found without hashing.
struct ProcessTable: Sendable {
    private var entries: [WorkspaceTracker.ProcessTrack] = []
    private var indexes: [String: Int] = [:]
    private var last = 0

    /// All processes, in no order.
    var all: [WorkspaceTracker.ProcessTrack] { self.entries }

    subscript(_ id: String) -> WorkspaceTracker.ProcessTrack? {
        self.indexes[id].map { self.entries[$0] }
    }

    /// Changes a process.
    ///
    /// - Returns: False if there is none with this id.
    @discardableResult
    mutating func change(_ id: String, _ step: (inout WorkspaceTracker.ProcessTrack) -> Void) -> Bool {
        if self.last >= self.entries.count || self.entries[self.last].status.processID != id {
            guard let index = self.indexes[id] else { return false }
            self.last = index
        }
        step(&self.entries[self.last])
        return true
    }

    mutating func changeAll(_ step: (inout WorkspaceTracker.ProcessTrack) -> Void) {
        for index in self.entries.indices { step(&self.entries[index]) }
    }

    /// Adds a process, or replaces the one with its id.
    mutating func set(_ process: WorkspaceTracker.ProcessTrack) {
        let id = process.status.processID
        if let index = self.indexes[id] {
            self.entries[index] = process
        } else {
            self.indexes[id] = self.entries.count
            self.entries.append(process)
        }
    }

    mutating func remove(_ id: String) {
        guard let index = self.indexes.removeValue(forKey: id) else { return }
        let moved = self.entries.removeLast()
        guard index < self.entries.count else { return }
        self.entries[index] = moved
        self.indexes[moved.status.processID] = index
    }
}

import ConcurrencyPrimitives
import WorkspaceProtocol

/// The processes of the workspace with the last output of each; an entry disappears when its process ends.
final class MockProcessTable: Sendable {
    private struct Entry {
        var status: ProcessStatus
        var startedAt: String
        var updatedAt: String
        var output: [ProcessOutput] = []
        var outputBytes = 0
        let limit: Int
    }

    /// The bound for the output of a process whose start names none.
    let defaultLimit: Int

    /// In the order of their starts.
    private let entries = Locked<[Entry]>([])

    init(limit: Int) { self.defaultLimit = limit }

    // MARK: Events

    /// Notes a state of a process, as it is sent on the stream.
    func observe(_ status: ProcessStatus, limit: Int? = nil) {
        let now = WallClock.timestamp.rawValue
        self.entries.withLock { entries in
            guard status.status != .exited, status.status != .failed else {
                return entries.removeAll { $0.status.processID == status.processID }
            }
            if let index = entries.firstIndex(where: { $0.status.processID == status.processID }) {
                (entries[index].status, entries[index].updatedAt) = (status, now)
            } else {
                entries.append(Entry(status: status, startedAt: now, updatedAt: now, limit: limit ?? self.defaultLimit))
            }
        }
    }

    /// Keeps an output, as it is sent on the stream; the oldest output is dropped.
    func observe(_ output: ProcessOutput) {
        self.entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.status.processID == output.processID }) else { return }
            entries[index].output.append(output)
            entries[index].outputBytes += output.data.utf8.count
            while entries[index].outputBytes > entries[index].limit, entries[index].output.count > 1 {
                entries[index].outputBytes -= entries[index].output.removeFirst().data.utf8.count
            }
        }
    }

    /// The state of a process; nil if it has ended or is unknown.
    func status(of id: String) -> ProcessStatus? {
        self.entries.withLock { entries in entries.first { $0.status.processID == id }?.status }
    }

    /// The kept output of a process, the oldest first; nil if it has ended or is unknown.
    func output(of id: String) -> [ProcessOutput]? {
        self.entries.withLock { entries in entries.first { $0.status.processID == id }?.output }
    }

    /// The ids of all processes.
    var ids: [String] { self.entries.withLock { $0.map(\.status.processID) } }

    // MARK: Answers

    func list(sessionID: String?) -> HTTPAnswer {
        let entries = self.entries.withLock { $0 }.filter { entry in
            sessionID.map { $0.isEmpty || $0 == entry.status.sessionID } ?? true
        }
        return .json(200, .array(entries.map { Self.json($0, includesOutput: false) }))
    }

    func get(_ id: String, includesOutput: Bool) -> HTTPAnswer {
        guard let json = self.json(of: id, includesOutput: includesOutput) else {
            return .error(404, "process not found")
        }
        return .json(200, json)
    }

    func json(of id: String, includesOutput: Bool = false) -> MockJSON? {
        let entry = self.entries.withLock { entries in entries.first { $0.status.processID == id } }
        return entry.map { Self.json($0, includesOutput: includesOutput) }
    }

    private static func json(_ entry: Entry, includesOutput: Bool) -> MockJSON {
        let status = entry.status
        var json: MockJSON = [
            "id": .string(status.processID), "session_id": .string(status.sessionID),
            "kind": .string(status.kind.rawValue),
        ]
        json = json.setting("script_name", status.scriptName.flatMap { $0.isEmpty ? nil : .string($0) })
        json = json.setting("command", .string(status.command))
        json = json.setting("working_dir", .string(status.workingDirectory))
        json = json.setting("status", .string(status.status.rawValue))
        json = json.setting("exit_code", status.exitCode.map { .integer(Int64($0)) })
        json = json.setting("started_at", .string(entry.startedAt))
        json = json.setting("updated_at", .string(entry.updatedAt))
        guard includesOutput, !entry.output.isEmpty else { return json }
        let output = entry.output.map { output -> MockJSON in
            [
                "stream": .string(output.stream.rawValue), "data": .string(output.data),
                "timestamp": .string(output.timestamp.rawValue),
            ]
        }
        return json.setting("output", .array(output))
    }
}

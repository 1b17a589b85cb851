import WorkspaceProtocol

/// The requests that change files and commits, and those about the machine: no file is touched, but the answers and the
/// events are agentctl's.
struct FileEndpoints: Sendable {
    let instance: MockInstance

    var all: [Endpoint] { self.files + self.git + self.machine }

    // MARK: Files

    private var files: [Endpoint] {
        [
            .plain("POST", "/api/v1/workspace/file/create") { request, _ in self.create(request.body) },
            .plain("POST", "/api/v1/workspace/file/rename") { request, _ in self.rename(request.body) },
            .plain("DELETE", "/api/v1/workspace/file") { request, _ in self.remove(request) },
            .plain("GET", "/api/v1/workspace/tree") { _, _ in self.tree },
            .plain("POST", "/api/v1/workspace/rescan") { _, _ in .json(200, ["ok": true]) },
            .plain("POST", "/api/v1/workspace/reconcile") { _, _ in .json(200, ["ok": true]) },
        ]
    }

    private func create(_ body: [UInt8]) -> HTTPAnswer {
        let request = (try? MockJSON(parsing: body)) ?? [:]
        guard let path = request["path"]?.text, !path.isEmpty else { return .error(400, "path is required") }
        self.post(path, in: request["repo"]?.text, .create)
        return .json(200, ["path": .string(path), "success": true])
    }

    private func rename(_ body: [UInt8]) -> HTTPAnswer {
        let request = (try? MockJSON(parsing: body)) ?? [:]
        guard let old = request["old_path"]?.text, let new = request["new_path"]?.text else {
            return .error(400, "old_path and new_path are required")
        }
        self.post(old, in: request["repo"]?.text, .rename)
        self.post(new, in: request["repo"]?.text, .rename)
        return .json(200, ["old_path": .string(old), "new_path": .string(new), "success": true])
    }

    private func remove(_ request: MockRequest) -> HTTPAnswer {
        guard let path = request.parameter("path"), !path.isEmpty else { return .error(400, "path is required") }
        self.post(path, in: request.parameter("repo"), .remove)
        return .json(200, ["request_id": "", "path": .string(path), "success": true])
    }

    /// The events of these requests name no repository; their path begins at the workspace.
    private func post(_ path: String, in repository: String?, _ operation: FileChange.Operation) {
        let whole = repository.map { $0.isEmpty ? path : "\($0)/\(path)" } ?? path
        let change = FileChange(repositoryName: nil, path: whole, operation: operation)
        self.instance.workspace.post(WorkspaceEvent(.fileChange(change), timestamp: nil))
    }

    private var tree: HTTPAnswer {
        let path = self.instance.configuration.workspacePath
        let children = self.instance.configuration.repositories.compactMap(\.name).map { name -> MockJSON in
            ["name": .string(name), "path": .string(name), "is_dir": true, "size": 4096]
        }
        let root: MockJSON = [
            "name": .string(String(path.split(separator: "/").last ?? "")), "path": "", "is_dir": true, "size": 4096,
            "children": .array(children),
        ]
        return .json(200, ["request_id": "", "root": root])
    }

    // MARK: Git

    private var git: [Endpoint] {
        [
            .plain("POST", "/api/v1/git/stage") { _, _ in Self.done("stage") },
            .plain("POST", "/api/v1/git/commit") { request, _ in self.commit(request.body) },
            .plain("POST", "/api/v1/git/reset") { request, _ in Self.reset(request.body) },
        ]
    }

    private static func done(_ operation: MockJSON, output: MockJSON = "", error: MockJSON? = nil) -> HTTPAnswer {
        let json: MockJSON = ["success": .bool(error == nil), "operation": operation, "output": output]
        return .json(200, json.setting("error", error))
    }

    /// The event has no time of its own and no author, as in agentctl.
    private func commit(_ body: [UInt8]) -> HTTPAnswer {
        let request = (try? MockJSON(parsing: body)) ?? [:]
        guard let message = request["message"]?.text, !message.isEmpty else {
            return Self.done("commit", error: "commit message is required")
        }
        let sha = (0..<40).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
        let commit = GitCommit(
            timestamp: RFC3339Timestamp(rawValue: "0001-01-01T00:00:00Z"),
            repositoryName: request["repo"]?.text,
            commitSHA: sha,
            message: message,
            filesChanged: 1,
            insertions: 1,
            committedAt: WallClock.timestamp
        )
        self.instance.workspace.post(WorkspaceEvent(.gitCommit(commit), timestamp: nil))
        let output = "[main \(sha.prefix(7))] \(message)\n 1 file changed, 1 insertion(+)\n"
        return Self.done("commit", output: .string(output))
    }

    private static func reset(_ body: [UInt8]) -> HTTPAnswer {
        let sha = (try? MockJSON(parsing: body))?["commit_sha"]?.text ?? ""
        let isHash = !sha.isEmpty && sha.allSatisfy { $0.isASCII && $0.isHexDigit }
        return Self.done("reset", error: isHash ? nil : "commit SHA contains invalid characters")
    }

    // MARK: The machine

    private var machine: [Endpoint] {
        [
            .plain("GET", "/api/v1/system/metrics") { _, _ in Self.metrics },
            .plain("GET", "/api/v1/ports") { _, _ in
                let port = MockJSON.integer(Int64(self.instance.agent.ids.port))
                return .json(200, ["ports": [["port": port, "address": "127.0.0.1", "process": "agentctl"]]])
            },
            .plain("GET", "/api/v1/debug/memory") { _, _ in
                .json(
                    200,
                    [
                        "goroutines": 19, "heap_alloc_mb": 2.5, "heap_inuse_mb": 4.5, "heap_objects": 14_303,
                        "heap_sys_mb": 11.5, "num_gc": 7, "stack_inuse_mb": 0.5, "sys_mb": 17.5,
                    ]
                )
            },
        ]
    }

    private static var metrics: HTTPAnswer {
        let values: [(String, String, MockJSON)] = [
            ("cpu_percent", "CPU", 0), ("memory_percent", "Memory", 7.5), ("disk_percent", "Disk", 71.5),
        ]
        let metrics = values.map { id, label, value -> MockJSON in
            ["id": .string(id), "label": .string(label), "unit": "%", "value": value, "available": true]
        }
        return .json(
            200,
            ["id": "agentctl", "label": "Execution", "kind": "execution", "metrics": .array(metrics)]
        )
    }
}

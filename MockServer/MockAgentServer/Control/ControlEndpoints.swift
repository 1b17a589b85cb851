import ConcurrencyPrimitives

/// The HTTP API of a control port.
struct ControlEndpoints: Sendable {
    let configuration: MockControlConfiguration
    let instances: InstanceRegistry
    /// Whether the nonce was used.
    private let isNonceUsed = Locked(false)

    init(configuration: MockControlConfiguration, instances: InstanceRegistry) {
        (self.configuration, self.instances) = (configuration, instances)
    }

    var all: [Endpoint] {
        [
            .plain("GET", "/health") { _, _ in
                .json(200, ["status": "ok", "timestamp": .string(WallClock.seconds)])
            },
            .plain("POST", "/auth/handshake") { request, _ in self.handshake(request.body) },
            .plain("GET", "/api/v1/instances") { _, _ in .json(200, .array(self.instances.all.map(\.json))) },
            Endpoint("POST", "/api/v1/instances") { request, _ in request.respond(await self.create(request.body)) },
            .plain("GET", "/api/v1/instances/:id") { _, id in
                self.instances.entry(id).map { .json(200, $0.json) } ?? .error(404, "instance not found")
            },
            Endpoint("DELETE", "/api/v1/instances/:id") { request, id in
                let message = MockJSON.string("instance stopped successfully")
                let hasDeleted = await self.instances.delete(id)
                request.respond(hasDeleted ? .json(200, ["message": message]) : .error(404, "instance not found"))
            },
            .plain("GET", "/api/v1/debug/subprocess-admission") { _, _ in .json(200, Self.admission) },
        ]
    }

    /// The queue for git commands, which this server does not run.
    private static let admission: MockJSON = [
        "pool": "git", "capacity": 12, "inflight": 0, "waiters": 0,
        "classes": ["background": Self.idle, "interactive": Self.idle, "lifecycle": Self.idle],
    ]
    private static let idle: MockJSON = [
        "inflight": 0, "waiters": 0, "acquire_total": 0, "acquire_wait_millis_total": 0,
    ]

    private func handshake(_ body: [UInt8]) -> HTTPAnswer {
        guard let nonce = (try? MockJSON(parsing: body))?["nonce"]?.text, !nonce.isEmpty else {
            return .error(400, "missing or invalid nonce")
        }
        // A wrong nonce does not use up the right one.
        guard nonce == self.configuration.nonce, self.useNonce() else {
            return .error(403, "invalid or already-consumed nonce")
        }
        return .json(200, ["token": .string(self.configuration.token)])
    }

    /// - Returns: Whether this is the first use.
    private func useNonce() -> Bool {
        self.isNonceUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }

    private func create(_ body: [UInt8]) async -> HTTPAnswer {
        let request: MockJSON
        do {
            request = try MockJSON(parsing: body)
        } catch {
            return .error(400, "invalid request body: \(error)")
        }
        guard let path = request["workspace_path"]?.text, !path.isEmpty else {
            return .error(400, "workspace_path is required")
        }
        let given = request["id"]?.text ?? ""
        let id = given.isEmpty ? UniqueID.next() : given
        do {
            guard let entry = try await self.instances.create(id, request) else {
                return .error(500, "failed to create instance: instance with ID \(id) already exists")
            }
            return .json(201, ["id": .string(id), "port": .integer(Int64(entry.server.port))])
        } catch {
            return .error(500, "failed to create instance: \(error)")
        }
    }
}

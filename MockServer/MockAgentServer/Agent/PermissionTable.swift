import ConcurrencyPrimitives

/// The permission requests of the agent, also those that were answered.
final class PermissionTable: Sendable {
    /// The answer to a request, as the agent gets it.
    enum Outcome: Sendable, Hashable {
        case selected(String)
        case cancelled
        /// The turn was cancelled.
        case none

        /// The JSON text that the usual agent repeats.
        var text: String {
            switch self {
            case .selected(let id): "{\"outcome\": {\"optionId\": \"\(id)\", \"outcome\": \"selected\"}}"
            case .cancelled: "{\"outcome\": {\"outcome\": \"cancelled\"}}"
            case .none: "null"
            }
        }
    }

    /// One request.
    struct Request: Sendable {
        var permission: MockAgentPermission
        let requestID = UniqueID.next()
        let pendingID: String
        let createdAt = WallClock.json
        let outcome = Promise<Outcome>()
        /// Whether it is in the list of pending ones.
        var isPending = true

        init(_ permission: MockAgentPermission, session: String) {
            self.permission = permission
            self.pendingID = "\(session)-\(permission.toolCallID)-\(WallClock.nanoseconds)"
        }
    }

    /// Why an answer is refused, in agentctl's words.
    enum Refusal: String, Error {
        case notFound = "permission_not_found"
        case stale = "permission_stale"
        case alreadyResolved = "permission_already_resolved"
        case optionNotOffered = "permission_option_not_offered"

        var code: String {
            switch self {
            case .notFound: "NOT_FOUND"
            case .stale, .alreadyResolved: "CONFLICT"
            case .optionNotOffered: "VALIDATION_ERROR"
            }
        }
    }

    private let requests = Locked<[Request]>([])

    func add(_ request: Request) { self.requests.withLock { $0.append(request) } }

    var pending: [Request] { self.requests.withLock { $0.filter(\.isPending) } }

    /// Takes a request from the pending ones, to answer it.
    ///
    /// - Parameters:
    ///   - pendingID: The id of the request.
    ///   - requestID: Its other id; nil is not compared.
    ///   - outcome: The answer.
    /// - Returns: The request; its outcome is to be resolved after the client has its answer.
    /// - Throws: Why there is no such request, or no such answer.
    func take(_ pendingID: String, requestID: String?, _ outcome: Outcome) throws(Refusal) -> Request {
        try self.requests.withLock { requests throws(Refusal) -> Request in
            guard let index = requests.lastIndex(where: { $0.pendingID == pendingID }) else { throw .notFound }
            if let requestID, requests[index].requestID != requestID { throw .stale }
            guard requests[index].isPending else { throw .alreadyResolved }
            if case .selected(let id) = outcome, !requests[index].permission.options.contains(where: { $0.id == id }) {
                throw .optionNotOffered
            }
            requests[index].isPending = false
            return requests[index]
        }
    }

    /// Takes all pending requests, which a new prompt cancels.
    ///
    /// - Returns: The requests; their outcomes are to be resolved.
    func takeAll() -> [Request] {
        self.requests.withLock { requests in
            let pending = requests.filter(\.isPending)
            for index in requests.indices { requests[index].isPending = false }
            return pending
        }
    }
}

extension PermissionTable.Request {
    private var options: MockJSON {
        .array(
            self.permission.options.map {
                ["option_id": .string($0.id), "name": .string($0.name), "kind": .string($0.kind)]
            }
        )
    }

    /// The event `permission_request`; it carries the session of the manager, not that of the agent.
    func event(managerSession: String) -> MockJSON {
        [
            "type": "permission_request", "session_id": .string(managerSession),
            "tool_call_id": .string(self.permission.toolCallID), "request_id": .string(self.requestID),
            "pending_id": .string(self.pendingID), "permission_title": .string(self.permission.title),
            "permission_options": self.options, "action_type": "command",
            "action_details": [
                "description": .string(self.permission.title),
                "raw_input": ["command": .string(self.permission.command)],
            ],
        ]
    }

    /// The event `permission_cancelled`.
    func cancellation(managerSession: String) -> MockJSON {
        [
            "type": "permission_cancelled", "session_id": .string(managerSession),
            "request_id": .string(self.requestID), "pending_id": .string(self.pendingID),
        ]
    }

    /// The entry in the answer to `agent.permissions.list`.
    func entry(task: String, managerSession: String) -> MockJSON {
        [
            "task_id": .string(task), "session_id": .string(managerSession), "request_id": .string(self.requestID),
            "pending_id": .string(self.pendingID), "tool_call_id": .string(self.permission.toolCallID),
            "title": .string(self.permission.title),
            "action": [
                "type": "command", "description": .string(self.permission.title),
                "command": .string(self.permission.command), "redacted": false,
            ],
            "options": self.options, "created_at": self.createdAt, "status": "pending",
        ]
    }
}

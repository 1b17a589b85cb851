/// One message of `/api/v1/agent/stream`, as a client receives it.
@nonexhaustive public enum AgentStreamMessage: Sendable, Hashable {
    /// What the agent says and does; also a message that is unknown or could not be read.
    case event(AgentEvent)

    /// The answer to one of our requests.
    indirect case response(AgentResponse)

    /// An error as the answer to one of our requests.
    indirect case errorResponse(AgentErrorResponse)

    /// A request of the server, which waits for our answer.
    indirect case request(AgentServerRequest)
}

/// The answer to a request.
public struct AgentResponse: Sendable, Hashable {
    /// The id of the request.
    public var id: String

    /// The action of the request.
    public var action: AgentAction

    /// The answer; ``RawJSON/null`` if it was absent.
    public var payload: RawJSON

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - id: The id of the request.
    ///   - action: The action of the request.
    ///   - payload: The answer.
    public init(id: String, action: AgentAction, payload: RawJSON) {
        (self.id, self.action, self.payload) = (id, action, payload)
    }
}

/// An error as the answer to a request.
public struct AgentErrorResponse: Sendable, Hashable {
    /// The id of the request.
    public var id: String

    /// The action of the request.
    public var action: AgentAction

    /// The error as it was sent; ``RawJSON/null`` if it was absent.
    public var payload: RawJSON

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - id: The id of the request.
    ///   - action: The action of the request.
    ///   - payload: The error.
    public init(id: String, action: AgentAction, payload: RawJSON) {
        (self.id, self.action, self.payload) = (id, action, payload)
    }

    /// What went wrong; a member that is absent or has another type is empty.
    public var error: AgentServerError { AgentServerError(self.payload) }
}

/// A request of the server, for example to a tool of an MCP server that the manager has.
public struct AgentServerRequest: Sendable, Hashable {
    /// The id; the answer must have the same.
    public var id: String

    /// What the server wants.
    public var action: AgentAction

    /// The request; ``RawJSON/null`` if it was absent.
    public var payload: RawJSON

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - id: The id.
    ///   - action: What the server wants.
    ///   - payload: The request.
    public init(id: String, action: AgentAction, payload: RawJSON) {
        (self.id, self.action, self.payload) = (id, action, payload)
    }
}

/// An error in an answer, in either direction.
public struct AgentServerError: Error, Sendable, Hashable {
    /// The kind of error; an open set.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        /// The value on the wire.
        public var rawValue: String

        /// Creates a value, known or not.
        ///
        /// - Parameter rawValue: The value on the wire.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The value on the wire.
        public var description: String { self.rawValue }

        /// The request is wrong.
        public static let badRequest = Self(rawValue: "BAD_REQUEST")
        /// The object of the request does not exist.
        public static let notFound = Self(rawValue: "NOT_FOUND")
        /// The server, or the agent, failed.
        public static let internalError = Self(rawValue: "INTERNAL_ERROR")
        /// The sender is unknown.
        public static let unauthorized = Self(rawValue: "UNAUTHORIZED")
        /// The sender may not do this.
        public static let forbidden = Self(rawValue: "FORBIDDEN")
        /// A member of the request has a wrong value.
        public static let validationError = Self(rawValue: "VALIDATION_ERROR")
        /// The state of the object does not allow it.
        public static let conflict = Self(rawValue: "CONFLICT")
        /// The action is unknown.
        public static let unknownAction = Self(rawValue: "UNKNOWN_ACTION")
    }

    /// The kind of error.
    public var code: Code

    /// What is wrong, for people.
    public var message: String

    /// More about it; nil if absent.
    public var details: RawJSON?

    /// Creates an error.
    ///
    /// - Parameters:
    ///   - code: The kind of error.
    ///   - message: What is wrong, for people.
    ///   - details: More about it.
    public init(_ code: Code, _ message: String, details: RawJSON? = nil) {
        (self.code, self.message, self.details) = (code, message, details)
    }

    /// Reads an error as it was sent; nothing of it is required.
    init(_ payload: RawJSON) {
        self.code = Code(rawValue: payload["code"]?.string ?? "")
        self.message = payload["message"]?.string ?? ""
        self.details = payload["details"]
    }

    /// The error as it is sent.
    var json: RawJSON {
        RawJSON { writer in
            writer.member("code", self.code.rawValue)
            writer.member("message", self.message)
            writer.memberIfPresent("details", self.details)
        }
    }

    /// What is wrong with the answer to a permission request: `details.permission_code`; nil if absent.
    public var permissionCode: AgentPermissionCode? {
        self.details?["permission_code"]?.string.map { AgentPermissionCode(rawValue: $0) }
    }
}

/// What is wrong with the answer to a permission request; an open set.
public struct AgentPermissionCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The value on the wire.
    public var rawValue: String

    /// Creates a value, known or not.
    ///
    /// - Parameter rawValue: The value on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The value on the wire.
    public var description: String { self.rawValue }

    /// There is no such request.
    public static let notFound = Self(rawValue: "permission_not_found")
    /// The request is an older one.
    public static let stale = Self(rawValue: "permission_stale")
    /// The request was answered before.
    public static let alreadyResolved = Self(rawValue: "permission_already_resolved")
    /// Another answer is on its way to the agent.
    public static let resolutionInProgress = Self(rawValue: "permission_resolution_in_progress")
    /// The answer is not one of the possible ones.
    public static let optionNotOffered = Self(rawValue: "permission_option_not_offered")
    /// The answer did not reach the agent.
    public static let deliveryFailed = Self(rawValue: "permission_delivery_failed")
}

extension RawJSON {
    /// Creates an object.
    init(_ members: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(bytes: [])
        writer.object(members)
        self.init(checked: String(decoding: writer.bytes, as: UTF8.self))
    }
}

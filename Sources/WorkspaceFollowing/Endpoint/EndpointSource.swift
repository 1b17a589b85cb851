public import AgentRuntime

/// Where a runtime is, as an ``EndpointSource`` says it.
public struct FollowedEndpoint: Sendable {
    /// The base URL, the credentials and the instance id.
    public var endpoint: RuntimeEndpoint
    /// The generation of the runtime, if the source counts them: each start of a runtime is another one.
    public var generation: Int?

    /// Creates a value.
    ///
    /// - Parameters:
    ///   - endpoint: See ``endpoint``.
    ///   - generation: See ``generation``.
    public init(_ endpoint: RuntimeEndpoint, generation: Int? = nil) {
        (self.endpoint, self.generation) = (endpoint, generation)
    }

    /// Whether both name the same runtime: the same base URL, instance and generation.
    ///
    /// - Parameter other: Another endpoint.
    /// - Returns: Whether it is the same runtime; credentials do not count.
    public func isSameRuntime(as other: Self) -> Bool {
        self.endpoint.baseURL == other.endpoint.baseURL && self.endpoint.instanceID == other.endpoint.instanceID
            && self.generation == other.generation
    }

    /// Whether both name the same instance and generation, maybe at another place; without an id the place must be the
    /// same, too.
    func isSameInstance(as other: Self) -> Bool {
        guard self.endpoint.instanceID != nil else { return self.isSameRuntime(as: other) }
        return self.endpoint.instanceID == other.endpoint.instanceID && self.generation == other.generation
    }
}

/// Says where the runtime of a workspace is; a follower asks it before every attempt, so it follows a runtime that moved.
public protocol EndpointSource: Sendable {
    /// Where the runtime is now.
    ///
    /// It is called by one task of a follower at a time; a follower of both streams is two. It should end soon after
    /// its task was cancelled.
    ///
    /// - Returns: The endpoint.
    /// - Throws: Any error. If it is an `AgentRuntimeError`, its `retry` counts; after another error the
    ///   follower tries again later.
    func endpoint() async throws -> FollowedEndpoint
}

/// A runtime that never moves.
public struct StaticEndpointSource: EndpointSource {
    private let value: FollowedEndpoint

    /// Creates a source.
    ///
    /// - Parameter endpoint: Where the runtime is.
    public init(_ endpoint: RuntimeEndpoint) { self.value = FollowedEndpoint(endpoint) }

    /// Where the runtime is.
    public func endpoint() -> FollowedEndpoint { self.value }
}

/// A source that asks a closure.
public struct ClosureEndpointSource: EndpointSource {
    private let ask: @Sendable () async throws -> FollowedEndpoint

    /// Creates a source.
    ///
    /// - Parameter ask: Says where the runtime is now; see ``EndpointSource/endpoint()``.
    public init(_ ask: @escaping @Sendable () async throws -> FollowedEndpoint) { self.ask = ask }

    /// Asks the closure.
    public func endpoint() async throws -> FollowedEndpoint { try await self.ask() }
}

import AgentRuntime
import WebSocketProtocol

/// What tells one runtime from another.
struct RuntimeIdentity: Sendable, Hashable {
    /// Nil in a position, which does not keep it.
    var baseURL: WebSocketURL?
    var instanceID: String?
    var generation: Int?

    init(baseURL: WebSocketURL?, _ instanceID: String?, _ generation: Int?) {
        (self.baseURL, self.instanceID, self.generation) = (baseURL, instanceID, generation)
    }

    init(_ found: FollowedEndpoint) {
        self.init(baseURL: found.endpoint.baseURL, found.endpoint.instanceID, found.generation)
    }

    /// Whether a runtime can be this one, as far as this one is known.
    func mayBe(_ other: Self) -> Bool {
        if let url = self.baseURL { return url == other.baseURL && self.hasIDs(of: other) }
        // A follower that has never heard of a runtime has no ids.
        return (self.instanceID == nil && self.generation == nil) || self.hasIDs(of: other)
    }

    private func hasIDs(of other: Self) -> Bool {
        self.instanceID == other.instanceID && self.generation == other.generation
    }
}

#if RED_CONTROLS
internal import RedControls
#endif

/// Endpoint and configuration, shared by all parts of a client.
///
/// Separate copies of the configuration would be a quarter of the memory of an idle stream.
final class ClientSettings: Sendable {
    let endpoint: RuntimeEndpoint
    let configuration: AgentRuntimeConfiguration

    init(endpoint: RuntimeEndpoint, configuration: AgentRuntimeConfiguration) {
        self.endpoint = endpoint
        self.configuration = configuration
    }

    /// The time limit of a close: the requested time, but never more than the configuration allows.
    func closeTimeout(within limit: Duration?) -> Duration {
        let timeout = self.configuration.closeTimeout
        #if RED_CONTROLS
        if RedControl.isActive(.closeLimitIgnored) { return timeout }
        #endif
        return limit.map { max(.zero, min($0, timeout)) } ?? timeout
    }
}

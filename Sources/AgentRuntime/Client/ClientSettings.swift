#if RED_CONTROLS
internal import RedControls
#endif

/// Where and how, once for all that a client consists of: with a configuration in each of them, that would be a quarter of
/// the memory of an idle stream.
final class ClientSettings: Sendable {
    let endpoint: RuntimeEndpoint
    let configuration: AgentRuntimeConfiguration

    init(endpoint: RuntimeEndpoint, configuration: AgentRuntimeConfiguration) {
        self.endpoint = endpoint
        self.configuration = configuration
    }

    /// The time that a close has: what was asked for, and never more than the configuration gives.
    func closeTimeout(within limit: Duration?) -> Duration {
        let timeout = self.configuration.closeTimeout
        #if RED_CONTROLS
        if RedControl.isActive(.closeLimitIgnored) { return timeout }
        #endif
        return limit.map { max(.zero, min($0, timeout)) } ?? timeout
    }
}

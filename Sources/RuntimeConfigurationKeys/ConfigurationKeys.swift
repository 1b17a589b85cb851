public import AgentRuntime
public import Configuration
public import WorkspaceFollowing

extension AgentRuntimeConfiguration {
    /// Reads a configuration: the default one, changed by the values that there are.
    ///
    /// ```swift
    /// let config = ConfigReader(provider: EnvironmentVariablesProvider())
    /// // AGENTCTL_CONNECT_TIMEOUT=2.5
    /// let configuration = try AgentRuntimeConfiguration(config: config.scoped(to: "agentctl"))
    /// ```
    ///
    /// A key is the name of its property; ``configurationKeys`` lists them. Times are in seconds, with a fraction if you
    /// like; 0 sets an optional property to nil, and so does an empty `userAgent`. What has no key is set in code: fields,
    /// TLS, proxy, the connection below, event loops, logger and tracer. Values that can't be used, for example a timeout
    /// of 0, are refused when a client is made.
    ///
    /// - Parameter config: Where the values are.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `invalidConfiguration` for a value of another form. Its message has
    ///   the key, but not the value.
    public init(config: ConfigReader) throws(AgentRuntimeError) {
        self.init()
        try Self.settings.read(into: &self, from: config)
    }

    /// The keys of ``init(config:)``.
    public static var configurationKeys: [String] { Self.settings.map(\.key) }

    static var settings: [Setting<Self>] {
        [
            .duration("connectTimeout", \.connectTimeout), .duration("closeTimeout", \.closeTimeout),
            .duration("pingTimeout", \.pingTimeout), .duration("commandTimeout", \.commandTimeout),
            .optionalDuration("instanceCheck", \.instanceCheck),
            .integer("maximumQueuedEvents", \.maximumQueuedEvents),
            .integer("maximumQueuedBytes", \.maximumQueuedBytes),
            .integer("maximumQueuedCommands", \.maximumQueuedCommands), .optionalText("userAgent", \.userAgent),
        ]
    }
}

extension FollowerConfiguration {
    /// Reads a configuration: the default one, changed by the values that there are.
    ///
    /// A key is the path of its property, for example `reconnect.longestWait`; ``configurationKeys`` lists them. Forms and
    /// errors are those of ``AgentRuntime/AgentRuntimeConfiguration/init(config:)``. The policies of the queue are words,
    /// for example `dropOldest`. `agent.enabled` says whether the agent stream is followed, too; without it the other keys
    /// of `agent` do not count. Advice, observer and the limiter of dials are set in code.
    ///
    /// - Parameter config: Where the values are.
    /// - Throws: ``AgentRuntime/AgentRuntimeError`` with `invalidConfiguration`.
    public init(config: ConfigReader) throws(AgentRuntimeError) {
        self.init()
        try Self.settings.read(into: &self, from: config)
    }

    /// The keys of ``init(config:)``.
    public static var configurationKeys: [String] { Self.settings.map(\.key) }

    static var settings: [Setting<Self>] {
        Setting.group("runtime", \.runtime, AgentRuntimeConfiguration.settings)
            + Setting.group("reconnect", \.reconnect, ReconnectPolicy.settings)
            + Setting.group("recovery", \.recovery, RecoveryPolicy.settings)
            + Setting.group("queue", \.queue, FollowerQueuePolicy.settings)
            + [.presence("agent.enabled", \.agent) { AgentStreamConfiguration() }]
            + Setting.optionalGroup("agent", \.agent, AgentStreamConfiguration.settings)
            + [.flag("keepsDiffs", \.keepsDiffs)]
    }
}

extension ReconnectPolicy {
    static var settings: [Setting<Self>] {
        [
            .duration("firstRetry", \.firstRetry), .duration("shortestWait", \.shortestWait),
            .duration("base", \.base), .duration("longestWait", \.longestWait),
            .duration("resetAfter", \.resetAfter), .duration("longestRetryAfter", \.longestRetryAfter),
            .optionalInteger("maximumAttempts", \.maximumAttempts), .optionalDuration("maximumTime", \.maximumTime),
        ]
    }
}

extension RecoveryPolicy {
    static var settings: [Setting<Self>] {
        [
            .duration("timeout", \.timeout), .integer("maximumRequests", \.maximumRequests),
            .duration("statusWait", \.statusWait), .integer("maximumHeldEvents", \.maximumHeldEvents),
            .integer("maximumHeldBytes", \.maximumHeldBytes), .integer("maximumCommits", \.maximumCommits),
            .optionalDuration("auditInterval", \.auditInterval), .integer("burst", \.burst),
            .duration("shortestAuditInterval", \.shortestAuditInterval),
        ]
    }
}

extension FollowerQueuePolicy {
    static var settings: [Setting<Self>] {
        [
            .word("gitStatus", \.gitStatus), .word("fileChange", \.fileChange),
            .integer("maximumEvents", \.maximumEvents), .integer("maximumBytes", \.maximumBytes),
            .word("shellOutput", \.shellOutput), .word("processOutput", \.processOutput),
            .integer("maximumFileChanges", \.maximumFileChanges),
        ]
    }
}

extension AgentStreamConfiguration {
    static var settings: [Setting<Self>] {
        [
            .integer("maximumConcurrentServerRequests", \.maximumConcurrentServerRequests),
            .integer("maximumPendingRequests", \.maximumPendingRequests),
            .integer("maximumHeldBytes", \.maximumHeldBytes), .duration("requestTimeout", \.requestTimeout),
            .duration("initializeTimeout", \.initializeTimeout), .duration("cancelTimeout", \.cancelTimeout),
        ]
    }
}
